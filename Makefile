# make demo     build, and run two ceremonies on throwaway tokens
# make test     install what is needed, and run every test
# make bench    measure against peers on this machine
# make fuzz     try false bundles on the device's verifier, FUZZ_SECONDS=600
# make install  PREFIX=/usr/local

PREFIX ?= /usr/local
BUILD := .build
RELEASE := $(BUILD)/release/anchorite
SUDO := $(shell [ "$$(id -u)" = 0 ] || echo sudo)
SWIFT ?= swift
# Static Swift and C++ libraries, so that an air-gapped machine needs none, and the program starts sooner. Stripped, and
# with the relocations packed.
STATIC := $(CURDIR)/$(BUILD)/static
RELEASE_FLAGS := -c release --static-swift-stdlib -Xswiftc -use-ld=lld -Xswiftc -Xclang-linker -Xswiftc -static-libgcc \
  -Xlinker -L$(STATIC) -Xlinker -z -Xlinker pack-relative-relocs -Xlinker --no-export-dynamic -Xlinker -s

PACKAGES_BUILD := libp11-kit-dev libssl-dev libyaml-dev libqrencode-dev pkg-config gcc g++ libc6-dev
PACKAGES_DEMO := softhsm2 openssl openssh-client
PACKAGES_TEST := opensc gnutls-bin libengine-pkcs11-openssl python3-venv libnss3 p11-kit \
  libmbedtls-dev libwolfssl-dev libbearssl-dev efitools chromium fonts-liberation poppler-utils zbar-tools libxml2-utils \
  nginx-light caddy curl rclone

.PHONY: all demo test bench fuzz install clean swift packages-build packages-demo packages-test release

all: release

swift:
	@command -v $(SWIFT) >/dev/null || { \
	  echo "Swift 6.3 is missing. Get it from https://www.swift.org/install/linux/debian/ and put swift on the PATH." >&2; exit 69; }

define need
	@missing=""; for package in $(1); do \
	  dpkg-query -W -f='$${Status}' $$package 2>/dev/null | grep -q "install ok installed" || missing="$$missing $$package"; done; \
	if [ -n "$$missing" ]; then echo "installing$$missing"; \
	  $(SUDO) apt-get update -qq && $(SUDO) env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $$missing >/dev/null; fi
endef

packages-build:
	$(call need,$(PACKAGES_BUILD))

packages-demo: packages-build
	$(call need,$(PACKAGES_DEMO))

packages-test: packages-demo
	$(call need,$(PACKAGES_TEST))

release: swift packages-build
	@mkdir -p $(STATIC) && ln -sf "$$(g++ -print-file-name=libstdc++.a)" $(STATIC)/libstdc++.a
	$(SWIFT) build $(RELEASE_FLAGS) --product anchorite

demo: swift packages-demo release
	rm -rf rehearsal
	$(RELEASE) rehearse Ceremonies/first-year.yaml Ceremonies/factory-compromise.yaml --folder rehearsal

test: swift packages-test
	$(SWIFT) build --build-tests
	$(SWIFT) test --skip-build

bench: swift packages-test release
	$(SWIFT) build $(RELEASE_FLAGS) --product anchorite-bench
	bench/run

FUZZ_SECONDS ?= 600
fuzz: swift
	fuzz/run $(FUZZ_SECONDS)

install: release
	install -D -m 0755 $(RELEASE) $(DESTDIR)$(PREFIX)/bin/anchorite
	install -d $(DESTDIR)$(PREFIX)/share/anchorite
	cp -r Policies Ceremonies $(DESTDIR)$(PREFIX)/share/anchorite/
	for shell in bash zsh fish; do \
	  install -d $(DESTDIR)$(PREFIX)/share/anchorite/completions; \
	  $(RELEASE) --generate-completion-script $$shell > $(DESTDIR)$(PREFIX)/share/anchorite/completions/anchorite.$$shell; done

clean:
	rm -rf $(BUILD) rehearsal
