# The two commands to know: `make demo` shows what Goshawk does, `make test`
# proves that it does. `make bench` measures it against its peers.

DEMO     ?= demo
FUZZTIME ?= 5s

.DEFAULT_GOAL := build
.PHONY: build demo test bench score docs readme performance accuracy fusion clean

build:
	CGO_ENABLED=0 go build -trimpath -ldflags='-s -w' -o bin/goshawk ./cmd/goshawk

demo: build
	bin/goshawk scan $(DEMO)

test:
	@FUZZTIME=$(FUZZTIME) internal/test.sh

bench:
	@bench/run.sh

score:
	@bench/score.sh

# Writes the pages that the code knows.
docs:
	go run ./internal/reference
	go run ./internal/reference -outputs | internal/splice.sh outputs docs/outputs.md

# Puts the beginning of the demo's report into README.md, and fresh measurements into the docs.
readme: build
	{ bin/goshawk scan $(DEMO) | sed 64q; echo '…'; } | internal/splice.sh report README.md

accuracy:
	MISSED=no bench/score.sh | internal/splice.sh score docs/accuracy.md

fusion:
	go run ./internal/fusion | internal/splice.sh fusion docs/fusion.md

performance:
	bench/run.sh | internal/splice.sh bench docs/performance.md

clean:
	rm -rf bin
