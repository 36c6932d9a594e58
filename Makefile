# monthend: build, run, test. `make help` lists the targets.

CC      ?= cc
BUILD   ?= build
CONFIG  ?= release
OUT     := $(BUILD)/$(CONFIG)
VERSION := 1.0.0
MAKEFLAGS += --no-print-directory
ifeq ($(MAKELEVEL),0)
MAKEFLAGS += --jobs=$(shell nproc)
endif

# What pkg-config knows the libraries by; libcsv has no .pc file in Debian 12.
PACKAGES := xlsxwriter freexl libzip expat zlib libseccomp libcrypto libutf8proc inih jansson
# ISA-L decompresses two to three times as fast as zlib; ISAL= builds without it.
ISAL := $(shell pkg-config --exists libisal 2>/dev/null && echo libisal)

# What Debian calls all that `make run` and `make test` need.
DEBIAN_BUILD := gcc pkg-config libc6-dev libxlsxwriter-dev libfreexl-dev libcsv-dev libzip-dev \
  libexpat1-dev zlib1g-dev libisal-dev libseccomp-dev libssl-dev libutf8proc-dev libinih-dev \
  libjansson-dev
DEBIAN_TEST  := $(DEBIAN_BUILD) libcriterion-dev python3-openpyxl python3-xlrd \
  python3-xlwt python3-xlsxwriter strace faketime man-db
# Continuous integration checks more: other compilers, other readers of the same rules.
DEBIAN_CI    := $(DEBIAN_TEST) clang clang-format cppcheck libclang-rt-14-dev

# What the package is built with: the toolchain is there, the libraries are said by name.
comma           := ,
space           := $(subst ,, )
DEBIAN_PACKAGED := $(filter-out gcc libc6-dev,$(strip $(DEBIAN_BUILD)))

WARNINGS := -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wstrict-prototypes \
  -Wmissing-prototypes -Wpointer-arith -Wcast-qual -Wwrite-strings -Wvla -Wundef -Wformat=2
OPTIMISE_release := -O2 -g
OPTIMISE_clang   := -O2 -g
OPTIMISE_asan    := -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all \
  -fno-omit-frame-pointer
OPTIMISE_fuzz    := -O1 -g -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all
LINK_asan        := -fsanitize=address,undefined
# Warnings are errors wherever somebody looks: in continuous integration.
WERROR := $(if $(CI),-Werror)

PACKAGE_CFLAGS := $(shell pkg-config --cflags $(PACKAGES) $(ISAL) 2>/dev/null) $(if $(ISAL),-DHAVE_ISAL)
PACKAGE_LIBS   := $(shell pkg-config --libs $(PACKAGES) $(ISAL) 2>/dev/null) -lcsv -lm

CFLAGS_ALL = -std=c17 -D_GNU_SOURCE -DVERSION='"$(VERSION)"' -I. -include etl/banned.h \
  $(WARNINGS) $(WERROR) $(OPTIMISE_$(CONFIG)) -fstack-protector-strong $(PACKAGE_CFLAGS) $(CFLAGS)

PROGRAMS := monthend monthend-extract monthend-transform monthend-load monthend-tracker \
  monthend-check monthend-describe monthend-explain monthend-run monthend-history monthend-diff monthend-init monthend-pseudonymise monthend-publish
MAINS    := $(PROGRAMS:monthend-%=etl/%.c)
MAINS    := $(MAINS:monthend=etl/monthend.c)
SOURCES  := $(filter-out $(MAINS),$(wildcard etl/*.c etl/sources/*.c transforms/*.c outputs/*.c))
OBJECTS  := $(SOURCES:%.c=$(OUT)/%.o)
UNIT     := $(wildcard tests/unit/*.c)
EVERY_C  := $(wildcard etl/*.[ch] etl/sources/*.[ch] transforms/*.[ch] outputs/*.[ch] \
  tests/unit/*.[ch] tests/cells/*.c tests/fuzz/*.[ch])

.PHONY: all run test deps deps-ci check-faults check-format check-static check-clang check-asan samples \
  bench fuzz clean help

all: $(PROGRAMS:%=$(OUT)/bin/%)

# What tests/compare-cells compares with.
CELLS := $(OUT)/print-cells

# ---- first use ----

# Installs what is missing, and runs the pipeline over the samples.
run:
	@$(MAKE) deps NEEDED="$(DEBIAN_BUILD)"
	@$(MAKE) all
	@$(OUT)/bin/monthend run

# Installs what is missing, and runs every test.
test:
	@$(MAKE) deps NEEDED="$(if $(CI),$(DEBIAN_CI),$(DEBIAN_TEST))"
	@$(MAKE) tests
.PHONY: tests
tests: all $(OUT)/unit-tests $(CELLS) $(OUT)/tests/faults/faults.so $(if $(CI),checks)
	@tests/run $(OUT) $(if $(CI),$(BUILD)/asan)
.PHONY: checks
checks: check-format check-static check-clang check-asan

deps-ci:
	@$(MAKE) deps NEEDED="$(DEBIAN_CI)"
NEEDED ?= $(DEBIAN_TEST)
deps:
	@missing=; for p in $(NEEDED); do \
	  dpkg-query -W -f '$${db:Status-Status}' $$p 2>/dev/null | grep -qx installed || missing="$$missing $$p"; \
	done; \
	if [ -z "$$missing" ]; then exit 0; fi; \
	if [ "$$(id -u)" = 0 ]; then sudo=; elif command -v sudo >/dev/null; then sudo=sudo; else \
	  echo "install as root, then try again: apt-get install$$missing" >&2; exit 1; fi; \
	echo "installing:$$missing"; \
	$$sudo apt-get update -qq && \
	DEBIAN_FRONTEND=noninteractive $$sudo apt-get install -y -qq --no-install-recommends $$missing >/dev/null

# ---- building ----

$(OUT)/packages:
	@mkdir -p $(@D)
	@for p in $(PACKAGES); do pkg-config --exists $$p || { \
	  echo "the library $$p is missing: run 'make deps', or install: $(DEBIAN_BUILD)" >&2; exit 1; }; done
	@touch $@

$(OUT)/bin/monthend: $(OUT)/etl/monthend.o $(OUT)/libmonthend.a
	@mkdir -p $(@D)
	@$(CC) $(LINK_$(CONFIG)) $(LDFLAGS) -o $@ $^ $(PACKAGE_LIBS)
$(OUT)/bin/monthend-%: $(OUT)/etl/%.o $(OUT)/libmonthend.a
	@mkdir -p $(@D)
	@$(CC) $(LINK_$(CONFIG)) $(LDFLAGS) -o $@ $^ $(PACKAGE_LIBS)
$(OUT)/libmonthend.a: $(OBJECTS)
	@rm -f $@
	@ar rcsD $@ $^
$(OUT)/%.o: %.c | $(OUT)/packages
	@mkdir -p $(@D)
	@echo "CC $<"
	@$(CC) $(CFLAGS_ALL) -MMD -MP -c -o $@ $<
$(OUT)/tests/unit/%.o: CFLAGS_ALL += -Itests/unit
$(OUT)/tests/fuzz/%.o: CFLAGS_ALL += -Itests/fuzz
$(OUT)/unit-tests: $(UNIT:%.c=$(OUT)/%.o) $(OUT)/libmonthend.a
	@$(CC) $(LINK_$(CONFIG)) $(LDFLAGS) -o $@ $^ $(PACKAGE_LIBS) -lcriterion

$(CELLS): $(OUT)/tests/cells/print-cells.o $(OUT)/libmonthend.a
	@$(CC) $(LINK_$(CONFIG)) $(LDFLAGS) -o $@ $^ $(PACKAGE_LIBS)

# Loaded before the programs to make calls fail (tests/faults/run).
$(OUT)/tests/faults/faults.so: tests/faults/faults.c
	@mkdir -p $(@D)
	@$(CC) -std=c17 -D_GNU_SOURCE $(WARNINGS) -Wno-pedantic $(WERROR) -O2 -fPIC -shared -o $@ $< -ldl

.SECONDARY:

-include $(shell find $(OUT) -type f -name '*.d' 2>/dev/null)

# ---- checks ----

check-format:
	@clang-format --dry-run --Werror $(EVERY_C)

check-static:
	@cppcheck --quiet --error-exitcode=1 --std=c11 --enable=warning,performance,portability \
	  --inline-suppr --suppress=missingIncludeSystem -I. etl transforms outputs

check-clang:
	@$(MAKE) CC=clang CONFIG=clang WERROR=-Werror all

# The same programs and tests with the address and undefined-behaviour sanitizers; tests/run fails
# on any report, since Criterion alone passes a test that leaks. Built without ISA-L: zlib's side of
# inflate.c is tested too.
check-asan:
	@$(MAKE) CONFIG=asan ISAL= all $(BUILD)/asan/unit-tests

# ---- installing ----

PREFIX  ?= /usr/local
UNITS   ?= $(PREFIX)/lib/systemd/system
DESTDIR ?=
SHARED  := pipeline.conf $(wildcard etl/*.ini etl/layouts/*.ini etl/templates/*.conf) \
  $(wildcard etl/calendar/*.tsv transforms/*.ini samples/*.conf samples/*.tsv samples/README.md) \
  $(wildcard samples/exports/* samples/exports-2019-07-09/*)
PAGES   := $(wildcard etl/man/*.1 etl/man/*.5)
DOCS    := README.md LICENSE
page_place  = $(PREFIX)/share/man/man$(subst .,,$(suffix $1))/$(notdir $1)
INSTALLED   = $(PROGRAMS:%=$(PREFIX)/bin/%) $(SHARED:%=$(PREFIX)/share/monthend/%) \
  $(foreach p,$(PAGES),$(call page_place,$p)) $(DOCS:%=$(PREFIX)/share/doc/monthend/%) \
  $(PREFIX)/share/doc/monthend/crontab $(PREFIX)/share/bash-completion/completions/monthend \
  $(UNITS)/monthend.service $(UNITS)/monthend.timer $(PREFIX)/lib/sysusers.d/monthend.conf
put_text    = sed 's|@PREFIX@|$(PREFIX)|g' $1 | install -D -m 644 /dev/stdin "$(DESTDIR)$2"

.PHONY: install uninstall deb
install: all
	@for p in $(PROGRAMS); do install -D -m 755 $(OUT)/bin/$$p "$(DESTDIR)$(PREFIX)/bin/$$p" || exit 1; done
	@for f in $(SHARED); do install -D -m 644 $$f "$(DESTDIR)$(PREFIX)/share/monthend/$$f" || exit 1; done
	@for f in $(DOCS); do install -D -m 644 $$f "$(DESTDIR)$(PREFIX)/share/doc/monthend/$$f" || exit 1; done
	@for p in $(PAGES); do \
	  install -D -m 644 $$p "$(DESTDIR)$(PREFIX)/share/man/man$${p##*.}/$${p##*/}" || exit 1; done
	@install -D -m 644 etl/packaging/bash-completion \
	  "$(DESTDIR)$(PREFIX)/share/bash-completion/completions/monthend"
	@$(call put_text,etl/systemd/monthend.service,$(UNITS)/monthend.service)
	@$(call put_text,etl/systemd/monthend.timer,$(UNITS)/monthend.timer)
	@$(call put_text,etl/systemd/crontab,$(PREFIX)/share/doc/monthend/crontab)
	@install -D -m 644 etl/systemd/sysusers.conf "$(DESTDIR)$(PREFIX)/lib/sysusers.d/monthend.conf"

# What `make install` with the same PREFIX put there, and the folders that are empty then.
uninstall:
	@for f in $(INSTALLED); do rm -f "$(DESTDIR)$$f"; done
	@for d in $(PREFIX)/share/monthend $(PREFIX)/share/doc/monthend; do \
	  [ ! -d "$(DESTDIR)$$d" ] || find "$(DESTDIR)$$d" -depth -type d -empty -delete; done

# A Debian package of what is committed, in build/deb.
deb:
	@$(MAKE) deps NEEDED="debhelper dpkg-dev fakeroot git $(DEBIAN_BUILD)"
	@rm -rf $(BUILD)/deb && mkdir -p $(BUILD)/deb/monthend-$(VERSION)
	@git archive HEAD | tar -x -C $(BUILD)/deb/monthend-$(VERSION)
	@cp -r etl/packaging/debian $(BUILD)/deb/monthend-$(VERSION)/debian
	@sed -i 's/@VERSION@/$(VERSION)/; s/@BUILD_DEPENDS@/$(strip $(subst $(space),$(comma) ,$(DEBIAN_PACKAGED)))/' \
	  $(BUILD)/deb/monthend-$(VERSION)/debian/changelog $(BUILD)/deb/monthend-$(VERSION)/debian/control
	@cd $(BUILD)/deb/monthend-$(VERSION) && MAKEFLAGS= MAKELEVEL=0 dpkg-buildpackage -us -uc -b >../log 2>&1 || { tail -30 ../log; exit 1; }
	@ls $(BUILD)/deb/*.deb

# ---- the rest ----

# Makes the sample authority's exports again: the same bytes.
samples:
	@/usr/bin/python3 samples/generate.py

# Every fault at every point in time, and every hostile file; `make test` tries a part of them.
check-faults: all $(OUT)/tests/faults/faults.so
	@tests/faults/hostile $(OUT) --all
	@tests/faults/run $(OUT) --all

bench: all
	@tests/bench/run $(OUT)
	@tests/bench/night $(OUT)

# Runs each fuzz target for FUZZ_SECONDS, two at once; the library is compiled once for all of them.
FUZZERS := $(patsubst tests/fuzz/%.c,$(BUILD)/fuzz/%,$(wildcard tests/fuzz/fuzz_*.c))
FUZZ_SECONDS ?= 60
fuzz:
	@$(MAKE) CC=clang CONFIG=fuzz $(FUZZERS)
	@tests/fuzz/run $(BUILD)/fuzz $(FUZZ_SECONDS)
$(BUILD)/fuzz/fuzz_%: $(BUILD)/fuzz/tests/fuzz/fuzz_%.o $(BUILD)/fuzz/libmonthend.a
	@$(CC) -fsanitize=fuzzer,address,undefined -o $@ $^ $(PACKAGE_LIBS)

clean:
	@rm -rf $(BUILD)

help:
	@echo "make run     install what is missing, build, and report over the samples"
	@echo "make test    install what is missing, build, and run every test"
	@echo "make         build the programs into $(OUT)/bin"
	@echo "make deps    install what building and testing need"
	@echo "make check-faults    every fault at every point in time; make test tries a part of them"
	@echo "make checks  formatting, static analysis, clang, sanitizers (as in continuous integration)"
	@echo "make samples make the sample exports again    make bench  measure speed and memory"
	@echo "make install, make uninstall    PREFIX=/usr/local DESTDIR=    make deb  a Debian package"
	@echo "make fuzz    fuzz everything that parses (FUZZ_SECONDS each)    make clean  remove $(BUILD)"
