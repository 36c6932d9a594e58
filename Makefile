# monthend: build, run, test. `make help` lists the targets.

CC      ?= cc
BUILD   ?= build
CONFIG  ?= release
OUT     := $(BUILD)/$(CONFIG)
VERSION := 1.0.0

PACKAGES := xlsxwriter freexl libzip expat jansson libseccomp libcrypto libutf8proc inih
# One line a dependency that pkg-config does not know: libcsv has no .pc file in Debian 12.
DEBIAN_PACKAGES := gcc make pkg-config libxlsxwriter-dev libfreexl-dev libcsv-dev libcriterion-dev \
  libzip-dev libexpat1-dev libinih-dev libjansson-dev libseccomp-dev libssl-dev libutf8proc-dev

WARNINGS := -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wstrict-prototypes \
  -Wmissing-prototypes -Wpointer-arith -Wcast-qual -Wwrite-strings -Wvla -Wundef -Wformat=2
OPTIMISE_release := -O2 -g
OPTIMISE_asan    := -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
LINK_asan        := -fsanitize=address,undefined
WERROR  ?=

PACKAGE_CFLAGS = $(shell pkg-config --cflags $(PACKAGES))
PACKAGE_LIBS   = $(shell pkg-config --libs $(PACKAGES)) -lcsv -lm

CFLAGS_ALL = -std=c17 -D_GNU_SOURCE -DVERSION='"$(VERSION)"' -I. -include etl/banned.h \
  $(WARNINGS) $(WERROR) $(OPTIMISE_$(CONFIG)) -fstack-protector-strong \
  $(PACKAGE_CFLAGS) $(CFLAGS)

PROGRAMS := monthend monthend-extract monthend-transform monthend-load monthend-check \
  monthend-describe monthend-explain monthend-run
MAINS    := $(PROGRAMS:monthend-%=etl/%.c)
MAINS    := $(MAINS:monthend=etl/monthend.c)
SOURCES  := $(filter-out $(MAINS),$(wildcard etl/*.c etl/sources/*.c transforms/*.c outputs/*.c))
OBJECTS  := $(SOURCES:%.c=$(OUT)/%.o)
UNIT     := $(wildcard tests/unit/*.c)

all: $(PROGRAMS:%=$(OUT)/bin/%)

$(OUT)/bin/monthend: $(OUT)/etl/monthend.o $(OUT)/libmonthend.a
	@mkdir -p $(@D)
	$(CC) $(LINK_$(CONFIG)) $(LDFLAGS) -o $@ $^ $(PACKAGE_LIBS)
$(OUT)/bin/monthend-%: $(OUT)/etl/%.o $(OUT)/libmonthend.a
	@mkdir -p $(@D)
	$(CC) $(LINK_$(CONFIG)) $(LDFLAGS) -o $@ $^ $(PACKAGE_LIBS)
$(OUT)/libmonthend.a: $(OBJECTS)
	@rm -f $@
	ar rcsD $@ $^
$(OUT)/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(CFLAGS_ALL) -MMD -MP -c -o $@ $<
$(OUT)/unit-tests: $(UNIT:%.c=$(OUT)/%.o) $(OUT)/libmonthend.a
	$(CC) $(LINK_$(CONFIG)) $(LDFLAGS) -o $@ $^ $(PACKAGE_LIBS) -lcriterion

-include $(shell find $(OUT) -name '*.d' 2>/dev/null)

.PHONY: all
