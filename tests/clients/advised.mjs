// urql's Graphcache, set up as docs/front-end.md has it: a test compares what is between the marks.

import { readFileSync } from "node:fs";
import { cacheExchange } from "@urql/exchange-graphcache";
import { relayPagination } from "@urql/exchange-graphcache/extras";
import { buildSchema, introspectionFromSchema } from "graphql";

const text = readFileSync(new URL("../../schema/schema.graphql", import.meta.url), "utf8");

// from here
const schema = introspectionFromSchema(buildSchema(text)); // of schema/schema.graphql
const types = schema.__schema.types.filter(({ kind, name }) => kind === "OBJECT" && !name.startsWith("__"));
const named = (type) => type.name ?? named(type.ofType);

const parts = types.filter(({ fields }) => !fields.some(({ name }) => name === "id"));
const keys = Object.fromEntries(parts.map(({ name }) => [name, () => null]));

const lists = ({ fields }) => fields.filter(({ type }) => named(type).endsWith("Connection"));
const joined = (type) => Object.fromEntries(lists(type).map(({ name }) => [name, relayPagination()]));
const resolvers = Object.fromEntries(types.map((type) => [type.name, joined(type)]));
// to here

/** Whoever tries it `without` one of its parts names that. */
export function graphcache(without = "") {
  const { [without]: _, ...options } = { schema, keys, resolvers };
  return cacheExchange(options);
}
