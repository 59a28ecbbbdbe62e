package dev.imago.http;

import java.util.List;

/// One thing that a server does: its routes. A feature is a folder of its own; a new one is that
/// folder, and a line where the server is put together.
public interface Feature {
  List<Route> routes();
}
