package dev.imago.fetch;

import java.io.IOException;

/// A host all of whose addresses may not be connected to.
public final class AddressRefusedException extends IOException {
  private static final long serialVersionUID = 1L;

  AddressRefusedException(String host, String why) {
    super("%s: %s".formatted(host, why));
  }
}
