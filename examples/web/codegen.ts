// Types from the schema that the gateway prints and from the documents in ../queries, as they stand there.

import type { CodegenConfig } from "@graphql-codegen/cli";

const config: CodegenConfig = {
  schema: "../../schema/schema.graphql",
  documents: "../queries/*.graphql",
  ignoreNoDocuments: false,
  generates: {
    "src/generated/": {
      preset: "client",
      presetConfig: { fragmentMasking: false },
      config: {
        // All of them travel as text. An amount becomes whole minor units in money.ts, and never a number.
        scalars: { CurrencyCode: "string", DateTime: "string", Decimal: "string", Position: "string", URL: "string" },
        strictScalars: true,
        enumsAsTypes: true,
        futureProofEnums: true, // enums may get new values at any time
        useTypeImports: true,
      },
    },
  },
};

export default config;
