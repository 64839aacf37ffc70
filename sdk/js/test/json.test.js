// Long numbers survive, and everything else is what JSON.parse makes of it.

import assert from "node:assert/strict";
import { test } from "node:test";

import { at, parse, stringify } from "@relink/sdk";

test("long whole numbers keep their digits, wherever they stand", () => {
  assert.equal(parse("9007199254740993"), 9007199254740993n);
  assert.deepEqual(parse('[9007199254740993,\n -9007199254740993 ,{"a": 18446744073709551615}]'), [
    9007199254740993n, -9007199254740993n, { a: 18446744073709551615n },
  ]);
});

test("what is no long whole number stays what it is", () => {
  for (const text of [
    '{"a":"9007199254740993","b:9007199254740993,":1}',
    '["x\\\\",":9007199254740993,","\\"9007199254740993"]',
    "[0.12345678901234567, 1e9007199254740993, 1234567890123456]",
    "[123456789012345678901234567890]",
    '["\\u00009007199254740993", "\\u0000text"]',
  ]) {
    assert.deepEqual(parse(text), JSON.parse(text), text);
  }
});

test("a text with a mark of its own stays a text beside a long number", () => {
  const text = '["\\u00009007199254740993", "\\u0000text", "\\"\\u0000", 9007199254740993]';
  assert.deepEqual(parse(text), ["\u00009007199254740993", "\u0000text", '"\u0000', 9007199254740993n]);
});

test("what is no JSON is none with long numbers either", () => {
  for (const text of ["[09007199254740993]", "{9007199254740993:1}", '{"a":9007199254740993', "9007199254740993 1", '"9007199254740993']) {
    assert.throws(() => parse(text), SyntaxError, text);
  }
});

test("a document is written as it was read", () => {
  const text = '{"a":[9007199254740993,"9007199254740993",null,{"b":-9223372036854775808}],"c":1.5}';
  assert.equal(stringify(parse(text)), text);
});

test("a pointer finds own members and no others", () => {
  assert.equal(at({ a: [{ "b/c": 1 }] }, "/a/0/b~1c"), 1);
  for (const pointer of ["/constructor", "/a/length", "/a/-1", "a"]) assert.equal(at({ a: [1] }, pointer), undefined, pointer);
});
