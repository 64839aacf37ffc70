//! The program `relink`; everything it does is in the library beside it.

fn main() -> std::process::ExitCode {
    relink_server::cli::main()
}
