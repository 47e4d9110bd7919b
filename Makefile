# The two commands of the README are `make demo` and `make test`. Each does all of its own set-up.
.PHONY: demo test check format lock schema bench faults soak clean

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

bench: .venv/ready
	.venv/bin/python -m benchmarks

# every fault of the matrix with a fresh seed, up to an hour; ARGUMENTS="--quick 17 18" plays a few
faults: .venv/ready
	.venv/bin/python -m tests.faults $(ARGUMENTS)

# 100,000 donations over all networks under 50 kills, about an hour; ARGUMENTS="--donations 2000 --kills 6" is soon done
soak: .venv/ready
	.venv/bin/python -m tests.faults.soak $(ARGUMENTS)

# also when what is installed differs from the lock
.venv/ready: requirements/dev.lock pyproject.toml scripts/setup
	scripts/setup

clean:
	rm -rf .venv
