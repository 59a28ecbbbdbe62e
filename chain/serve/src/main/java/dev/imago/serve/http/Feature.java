package dev.imago.serve.http;

import java.util.List;

/// One thing that the server does: its routes. A feature is a folder of its own; a new one is that
/// folder, and a line in [dev.imago.serve.Server].
public interface Feature {
  List<Route> routes();
}
