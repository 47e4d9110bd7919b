# The two commands of the README are `make demo` and `make test`. Each does all of its own set-up.
.PHONY: demo test check format lock schema graphiql released bench bench-fanout bench-query bench-catalogue faults fuzz soak soak-viewers clean

demo: .venv/ready
	.venv/bin/giving-gateway demo

test: .venv/ready
	scripts/test

check: .venv/ready
	scripts/check

format: .venv/ready
	.venv/bin/ruff check --fix --quiet . ; .venv/bin/ruff format .

lock:
	scripts/lock

schema: .venv/ready
	.venv/bin/giving-gateway schema > schema/schema.graphql

# the archive of GraphiQL that a gateway in development serves, from the lock in graphiql/
graphiql:
	cd graphiql && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error && npm run --silent build

# with a release: what is served from then on is what may not break; refused where something breaks or goes too soon
released: .venv/ready
	.venv/bin/python scripts/schema_changes.py --release

bench: .venv/ready
	.venv/bin/python -m benchmarks

# one total to thousands of viewers beside other servers, 8 minutes; ARGUMENTS=--quick takes one and writes nothing
bench-fanout: .venv/ready benchmarks/node_modules/ready
	.venv/bin/python -m benchmarks.fanout $(ARGUMENTS)

# lists of campaigns beside other servers, and over 10 to 100,000 campaigns; ARGUMENTS=--quick is short and writes nothing
bench-query: .venv/ready benchmarks/node_modules/ready
	.venv/bin/python -m benchmarks.query $(ARGUMENTS)

benchmarks/node_modules/ready: benchmarks/package-lock.json
	cd benchmarks && npm ci --loglevel=error && touch node_modules/ready

# lists over 100,000 campaigns, 2 minutes; ARGUMENTS=20000 for fewer
bench-catalogue: .venv/ready
	.venv/bin/python -m benchmarks.catalogue $(ARGUMENTS)

# every fault of the matrix with a fresh seed, 45 to 55 minutes; ARGUMENTS="--quick 17 18" plays a few
faults: .venv/ready
	.venv/bin/python -m tests.faults $(ARGUMENTS)

# Schemathesis over the whole schema, 200 queries a field of Query; ARGUMENTS="--cases 20 --seed 1" for fewer, the same again
fuzz: .venv/ready
	.venv/bin/python -m tests.audits.fuzz $(ARGUMENTS)

# 100,000 donations over all networks under 50 kills, 16 to 25 minutes; ARGUMENTS="--donations 2000 --kills 6" is soon done
soak: .venv/ready
	.venv/bin/python -m tests.faults.soak $(ARGUMENTS)

# 100,000 viewers come and go, then 500 stay for half an hour, 35 minutes; ARGUMENTS="--visits 3000 --minutes 1" is soon done
soak-viewers: .venv/ready
	.venv/bin/python -m tests.soak $(ARGUMENTS)

# also when what is installed differs from the lock
.venv/ready: requirements/dev.lock pyproject.toml scripts/setup
	scripts/setup

clean:
	rm -rf .venv
