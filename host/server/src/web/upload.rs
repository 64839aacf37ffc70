//! Forms with files, as browsers send them (RFC 7578).

use std::collections::BTreeMap;
use std::convert::Infallible;

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use http::header::{CONTENT_TYPE, HeaderMap};
use multer::Multipart;

use crate::plugins::COMPONENT_BYTES;
use crate::web::trouble::Trouble;

/// A component with its signature, and the fields around them.
pub(crate) const UPLOAD_BYTES: usize = COMPONENT_BYTES + 64 * 1024;

/// The fields of a form, files among them. An empty one is left out, as a file that nobody chose.
pub(crate) struct Upload(BTreeMap<String, Bytes>);

impl Upload {
    pub(crate) async fn read(boundary: String, body: Bytes) -> Result<Self, Trouble> {
        let unreadable = |_| Trouble::bad_request("The form could not be read.");
        let mut parts = Multipart::new(futures::stream::iter([Ok::<_, Infallible>(body)]), boundary);
        let mut fields = BTreeMap::new();
        while let Some(field) = parts.next_field().await.map_err(unreadable)? {
            let Some(name) = field.name().map(str::to_owned) else { continue };
            let value = field.bytes().await.map_err(unreadable)?;
            if !value.is_empty() {
                fields.insert(name, value);
            }
        }
        Ok(Self(fields))
    }

    pub(crate) fn get(&self, name: &str) -> Option<&Bytes> {
        self.0.get(name)
    }
}

/// What separates the fields of a form with files; none if this is no such form.
pub(crate) fn boundary(headers: &HeaderMap) -> Option<String> {
    multer::parse_boundary(headers.get(CONTENT_TYPE)?.to_str().ok()?).ok()
}

impl<S: Send + Sync> FromRequest<S> for Upload {
    type Rejection = Trouble;

    async fn from_request(request: Request, state: &S) -> Result<Self, Trouble> {
        let boundary =
            boundary(request.headers()).ok_or_else(|| Trouble::bad_request("This is no form with files."))?;
        let body = Bytes::from_request(request, state).await;
        let body = body.map_err(|rejection| Trouble::new(rejection.status(), "The file is too large."))?;
        Self::read(boundary, body).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn files_and_fields_are_read_and_empty_ones_are_not() {
        let body = "--x\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\ntoken\r\n\
            --x\r\nContent-Disposition: form-data; name=\"component\"; filename=\"a.wasm\"\r\n\r\n\0asm\r\n\
            --x\r\nContent-Disposition: form-data; name=\"signature\"; filename=\"\"\r\n\r\n\r\n--x--\r\n";
        let upload = Upload::read("x".to_owned(), Bytes::from(body)).await.unwrap();
        assert_eq!(upload.get("csrf").map(AsRef::as_ref), Some(b"token".as_slice()));
        assert_eq!(upload.get("component").map(AsRef::as_ref), Some(b"\0asm".as_slice()));
        assert_eq!(upload.get("signature"), None);
    }

    #[tokio::test]
    async fn a_form_that_is_cut_off_is_refused() {
        let body = Bytes::from_static(b"--x\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\ntok");
        assert!(Upload::read("x".to_owned(), body).await.is_err());
    }
}
