//! Components that are valid, offer in name what a plugin offers, and were made to cost: the time and
//! memory of the compiler, or of whoever reads them.

use std::borrow::Cow;

use wasm_encoder::{
    BlockType, CodeSection, Component, ComponentSection, ComponentTypeSection, ComponentValType, CustomSection,
    Function, FunctionSection, InstanceSection, Instruction, Module, ModuleArg, ModuleSection, NameMap, NameSection,
    NestedComponentSection, PrimitiveValType, TypeSection, ValType,
};

/// The largest body of a function that is valid.
const FUNCTION_BYTES: usize = 7_654_321;

/// One function of 7 MB.
pub(crate) fn long_function() -> Vec<u8> {
    let step = [Instruction::LocalGet(0), Instruction::LocalGet(1), Instruction::I64Mul, Instruction::LocalSet(0)];
    let mut function = Function::new([(2, ValType::I64)]);
    fill(&mut function, &step);
    with_functions([function])
}

/// One branch table with a million targets, over a thousand blocks.
pub(crate) fn branch_table() -> Vec<u8> {
    const BLOCKS: u32 = 1_000;
    let mut function = Function::new([(1, ValType::I32)]);
    let mut code = function.instructions();
    for _ in 0..BLOCKS {
        code.block(BlockType::Empty);
    }
    code.local_get(0);
    code.br_table((0..1_000_000).map(|target: u32| target % 7_919 % BLOCKS).collect::<Vec<_>>(), 0);
    for _ in 0..=BLOCKS {
        code.end();
    }
    with_functions([function])
}

/// Ten thousand functions of twenty bytes with so many locals each.
pub(crate) fn locals(each: u32) -> Vec<u8> {
    let mut function = Function::new([(each, ValType::I64)]);
    function.instructions().local_get(0).local_set(each - 1).end();
    with_functions(std::iter::repeat_n(function, 10_000))
}

/// A function in which thousands of locals are changed in thousands of branches, so that every place at which
/// branches meet is about every local.
pub(crate) fn meeting_branches() -> Vec<u8> {
    const WIDTH: u32 = 4_000;
    let mut function = Function::new([(WIDTH, ValType::I64)]);
    let mut code = function.instructions();
    for local in 0..WIDTH {
        code.loop_(BlockType::Empty);
        code.local_get(local).i64_const(1).i64_add().local_set((local * 7_919 + 1) % WIDTH);
    }
    for local in 0..WIDTH {
        code.local_get(local).i32_wrap_i64().br_if(0).end();
    }
    code.end();
    with_functions([function])
}

/// Functions that do nothing.
pub(crate) fn many_functions(count: usize) -> Vec<u8> {
    let mut function = Function::new([]);
    function.instructions().end();
    with_functions(std::iter::repeat_n(function, count))
}

/// Components within components, so many deep.
pub(crate) fn nested_components(depth: usize) -> Vec<u8> {
    let innermost = Component::new();
    let nest = |inner: Component, _| {
        let mut outer = Component::new();
        outer.section(&NestedComponentSection(&inner));
        outer
    };
    let nested = (0..depth).fold(innermost, nest);
    offering(|component| {
        component.section(&NestedComponentSection(&nested));
    })
}

/// A type that holds the one before twice, a hundred times: 2^100 fields when it is spread out.
pub(crate) fn doubling_types() -> Vec<u8> {
    let mut types = ComponentTypeSection::new();
    types.defined_type().tuple([ComponentValType::Primitive(PrimitiveValType::U64); 2]);
    for before in 0..100 {
        types.defined_type().tuple([ComponentValType::Type(before); 2]);
    }
    offering(|component| {
        component.section(&types);
    })
}

/// Names of 100 000 bytes for each of 280 functions: 28 MB to be read, copied and demangled.
pub(crate) fn long_names() -> Vec<u8> {
    let name = "_ZN".to_owned() + &"9aaaaaaaaa".repeat(9_999);
    let mut function = Function::new([]);
    function.instructions().end();
    let mut module = module([&function; 280].into_iter().cloned());
    let mut map = NameMap::new();
    (0..280).for_each(|index| map.append(index, &name));
    let mut names = NameSection::new();
    names.functions(&map);
    module.section(&names);
    offering(|component| {
        component.section(&ModuleSection(&module));
    })
}

/// An honest component, with so many instances of an empty module behind it.
pub(crate) fn instances(component: &[u8], count: usize) -> Vec<u8> {
    let parser = wasmparser::Parser::new(0).parse_all(component);
    let modules = parser.filter(|payload| matches!(payload, Ok(wasmparser::Payload::ModuleSection { .. }))).count();
    let mut instances = InstanceSection::new();
    for _ in 0..count {
        instances.instantiate(u32::try_from(modules).unwrap(), Vec::<(&str, ModuleArg)>::new());
    }
    let mut component = component.to_vec();
    ModuleSection(&Module::new()).append_to_component(&mut component);
    instances.append_to_component(&mut component);
    component
}

/// Thirty megabytes that nobody asked for.
pub(crate) fn ballast() -> Vec<u8> {
    let data = Cow::Owned(vec![0x41; 30 << 20]);
    offering(|component| {
        component.section(&CustomSection { name: "ballast".into(), data });
    })
}

/// A component with an interface that is a plugin's in name, so that it comes as far as the compiler.
fn offering(fill: impl FnOnce(&mut Component)) -> Vec<u8> {
    let frame = r#"(component (instance $p) (export "relink:plugin/provider@0.2.0" (instance $p)))"#;
    let frame = wat::parse_str(frame).unwrap();
    let mut component = Component::new();
    fill(&mut component);
    let mut bytes = component.finish();
    bytes.extend_from_slice(&frame[Component::HEADER.len()..]);
    bytes
}

fn with_functions(functions: impl IntoIterator<Item = Function>) -> Vec<u8> {
    let module = module(functions);
    offering(|component| {
        component.section(&ModuleSection(&module));
    })
}

/// A module of functions without parameters and results.
fn module(functions: impl IntoIterator<Item = Function>) -> Module {
    let mut code = CodeSection::new();
    for function in functions {
        code.function(&function);
    }
    let mut types = TypeSection::new();
    types.ty().function([], []);
    let mut declared = FunctionSection::new();
    for _ in 0..code.len() {
        declared.function(0);
    }
    let mut module = Module::new();
    module.section(&types).section(&declared).section(&code);
    module
}

/// Repeats instructions until the function is as long as it may be.
fn fill(function: &mut Function, step: &[Instruction<'_>]) {
    let before = function.byte_len();
    for instruction in step {
        function.instruction(instruction);
    }
    let step_bytes = function.byte_len() - before;
    let times = (FUNCTION_BYTES - function.byte_len()) / step_bytes - 1;
    for instruction in step.iter().cycle().take(times * step.len()) {
        function.instruction(instruction);
    }
    function.instruction(&Instruction::End);
}
