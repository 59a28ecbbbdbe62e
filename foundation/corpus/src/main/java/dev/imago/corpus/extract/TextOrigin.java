package dev.imago.corpus.extract;

import java.nio.charset.Charset;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Where a text comes from.
///
/// @param place its name for ids and people
/// @param source what a reader may look it up by: its address, else its place
/// @param tags what is known of it: `address`, `date`, `title` …
/// @param transport the encoding that what brought it says; null where nothing did
/// @param pageStarts where each of its pages begins, in characters; empty where it has none
record TextOrigin(
    String place,
    String source,
    Map<String, String> tags,
    @Nullable Charset transport,
    List<Integer> pageStarts) {
  TextOrigin {
    tags = Map.copyOf(tags);
    pageStarts = List.copyOf(pageStarts);
  }

  /// What has no pages.
  TextOrigin(String place, String source, Map<String, String> tags, @Nullable Charset transport) {
    this(place, source, tags, transport, List.of());
  }

  static TextOrigin of(String place) {
    return new TextOrigin(place, place, Map.of(), null);
  }

  /// On which pages a stretch of the text stands, from 1: `12`, or `12-14`.
  ///
  /// @param to its last character
  String pages(int from, int to) {
    int first = page(from);
    int last = page(to);
    return first == last ? String.valueOf(first) : first + "-" + last;
  }

  private int page(int at) {
    int found = Collections.binarySearch(pageStarts, at);
    // Pages without text begin where the next one does.
    while (found >= 0 && found + 1 < pageStarts.size() && pageStarts.get(found + 1) == at) {
      found++;
    }
    return Math.max(1, found >= 0 ? found + 1 : -found - 1);
  }
}
