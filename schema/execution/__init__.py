"""GraphQL operations compiled to Python. It knows graphql-core and nothing else; see README.md beside this."""
