package dev.imago.corpus.extract;

import java.nio.charset.Charset;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Where a text comes from.
///
/// @param place its name for ids and people
/// @param source what a reader may look it up by: its address, else its place
/// @param tags what is known of it: `address`, `date`, `title` …
/// @param transport the encoding that what brought it says; null where nothing did
record TextOrigin(
    String place, String source, Map<String, String> tags, @Nullable Charset transport) {
  TextOrigin {
    tags = Map.copyOf(tags);
  }

  static TextOrigin of(String place) {
    return new TextOrigin(place, place, Map.of(), null);
  }
}
