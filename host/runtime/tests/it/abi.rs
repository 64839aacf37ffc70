//! Writes a value into a guest's memory as the Canonical ABI wants it, so that a guest in WebAssembly
//! text can answer with any value of the contract.
//!
//! Values are JSON in WIT's own names: a variant case with a payload is `{"case": payload}`. An
//! object with a key that begins with `$` writes what no honest guest would:
//! `{"$bytes": [255]}` a text that is not UTF-8, `{"$raw": [pointer, length]}` a list that may be
//! anywhere, `{"$case": 99}` a case that does not exist.

use serde_json::Value;
use wit_parser::{Resolve, SizeAlign, Type, TypeDefKind, TypeId};

pub(crate) struct Memory<'a> {
    resolve: &'a Resolve,
    sizes: SizeAlign,
    base: usize,
    pub(crate) bytes: Vec<u8>,
}

impl<'a> Memory<'a> {
    pub(crate) fn new(resolve: &'a Resolve, base: usize) -> Self {
        let mut sizes = SizeAlign::default();
        sizes.fill(resolve);
        Self { resolve, sizes, base, bytes: Vec::new() }
    }

    /// Writes a value, and returns its address.
    pub(crate) fn place(&mut self, ty: &Type, value: &Value) -> usize {
        let address = self.reserve(self.size(ty));
        self.store(address, ty, value);
        address
    }

    fn reserve(&mut self, size: usize) -> usize {
        let start = self.bytes.len().next_multiple_of(8);
        self.bytes.resize(start + size, 0);
        self.base + start
    }

    fn size(&self, ty: &Type) -> usize {
        self.sizes.size(ty).size_wasm32()
    }

    fn write(&mut self, address: usize, bytes: &[u8]) {
        let start = address - self.base;
        self.bytes[start..start + bytes.len()].copy_from_slice(bytes);
    }

    fn store(&mut self, at: usize, ty: &Type, value: &Value) {
        let integer = || value.as_u64().unwrap_or_else(|| panic!("{value} is no number"));
        match ty {
            Type::Bool => self.write(at, &[u8::from(value.as_bool().unwrap())]),
            Type::U8 => self.write(at, &[u8::try_from(integer()).unwrap()]),
            Type::U16 => self.write(at, &u16::try_from(integer()).unwrap().to_le_bytes()),
            Type::U32 => self.write(at, &u32::try_from(integer()).unwrap().to_le_bytes()),
            Type::U64 => self.write(at, &integer().to_le_bytes()),
            Type::Char => self.write(at, &u32::from(value.as_str().unwrap().chars().next().unwrap()).to_le_bytes()),
            Type::String => self.store_string(at, value),
            Type::Id(id) => self.store_defined(at, *id, value),
            other => panic!("the contract has no {other:?}"),
        }
    }

    fn store_string(&mut self, at: usize, value: &Value) {
        match value {
            Value::String(text) => self.store_bytes(at, text.as_bytes()),
            Value::Object(raw) if raw.contains_key("$bytes") => {
                let bytes: Vec<u8> = serde_json::from_value(raw["$bytes"].clone()).unwrap();
                self.store_bytes(at, &bytes);
            }
            raw => self.store_raw(at, raw),
        }
    }

    fn store_bytes(&mut self, at: usize, bytes: &[u8]) {
        let address = self.reserve(bytes.len());
        self.write(address, bytes);
        self.store_pair(at, address, bytes.len());
    }

    fn store_raw(&mut self, at: usize, value: &Value) {
        let number = |index: usize| usize::try_from(value["$raw"][index].as_u64().unwrap()).unwrap();
        self.store_pair(at, number(0), number(1));
    }

    fn store_pair(&mut self, at: usize, address: usize, length: usize) {
        self.write(at, &u32::try_from(address).unwrap().to_le_bytes());
        self.write(at + 4, &u32::try_from(length).unwrap().to_le_bytes());
    }

    fn store_defined(&mut self, at: usize, id: TypeId, value: &Value) {
        let resolve = self.resolve;
        match &resolve.types[id].kind {
            TypeDefKind::Type(ty) => self.store(at, ty, value),
            TypeDefKind::Record(record) => {
                let types: Vec<_> = record.fields.iter().map(|field| field.ty).collect();
                let offsets: Vec<_> =
                    self.sizes.field_offsets(&types).into_iter().map(|(offset, _)| offset.size_wasm32()).collect();
                for (field, offset) in record.fields.iter().zip(offsets) {
                    self.store(at + offset, &field.ty, &value[&field.name]);
                }
            }
            TypeDefKind::List(element) => match value {
                Value::Array(values) => {
                    let size = self.size(element);
                    let address = self.reserve(size * values.len());
                    for (index, value) in values.iter().enumerate() {
                        self.store(address + index * size, element, value);
                    }
                    self.store_pair(at, address, values.len());
                }
                raw => self.store_raw(at, raw),
            },
            TypeDefKind::Option(some) => {
                if !value.is_null() {
                    self.write(at, &[1]);
                    let offset = self.sizes.payload_offset(wit_parser::Int::U8, [None, Some(some)]).size_wasm32();
                    self.store(at + offset, some, value);
                }
            }
            TypeDefKind::Enum(cases) => {
                let names = cases.cases.iter().map(|case| case.name.as_str());
                self.store_case(at, names, value);
            }
            TypeDefKind::Variant(variant) => {
                let names = variant.cases.iter().map(|case| case.name.as_str());
                let index = self.store_case(at, names, value);
                let payload = variant.cases.get(index).and_then(|case| case.ty.map(|ty| (ty, &value[&case.name])));
                if let Some((ty, payload)) = payload {
                    let types = variant.cases.iter().map(|case| case.ty.as_ref());
                    let offset = self.sizes.payload_offset(variant.tag(), types).size_wasm32();
                    self.store(at + offset, &ty, payload);
                }
            }
            other => panic!("the contract has no {}", other.as_str()),
        }
    }

    fn store_case<'n>(&mut self, at: usize, mut names: impl Iterator<Item = &'n str>, value: &Value) -> usize {
        let name = match value {
            Value::String(name) => name,
            Value::Object(object) => object.keys().next().unwrap(),
            other => panic!("{other} is no case"),
        };
        let index = match value.get("$case") {
            Some(index) => usize::try_from(index.as_u64().unwrap()).unwrap(),
            None => names.position(|case| case == name).unwrap_or_else(|| panic!("no case {name}")),
        };
        self.write(at, &[u8::try_from(index).unwrap()]);
        index
    }
}
