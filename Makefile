# The two commands of the README are `make demo` and `make test`. Each does all of its own set-up.
.PHONY: demo test check format lock schema bench clean

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

# also when what is installed differs from the lock
.venv/ready: requirements/dev.lock pyproject.toml scripts/setup
	scripts/setup

clean:
	rm -rf .venv
