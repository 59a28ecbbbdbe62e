package dev.imago.console.html;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// A place of this server: a path and what is asked of it. It begins with one slash and every
/// segment, name and value is encoded, so that no text makes it a place elsewhere or a script.
///
/// @param path the segments, as they are
/// @param query names and values, in order; a name may come again
public record Link(List<String> path, List<Map.Entry<String, String>> query) {
  private static final String UNRESERVED = "-._~";

  public Link {
    path = List.copyOf(path);
    query = List.copyOf(query);
  }

  public static Link to(String... path) {
    return new Link(List.of(path), List.of());
  }

  /// The same with one more name and value.
  public Link with(String name, String value) {
    var more = new ArrayList<>(query);
    more.add(Map.entry(name, value));
    return new Link(path, more);
  }

  /// The same with one value of a name, in place of any; without it where the value is empty.
  public Link only(String name, String value) {
    var others = new ArrayList<>(query);
    others.removeIf(e -> e.getKey().equals(name));
    if (!value.isEmpty()) {
      others.add(Map.entry(name, value));
    }
    return new Link(path, others);
  }

  /// Another place that is asked the same.
  public Link at(String... other) {
    return new Link(List.of(other), query);
  }

  @Override
  public String toString() {
    var out = new StringBuilder();
    for (String segment : path) {
      out.append('/');
      encode(segment, out);
    }
    if (path.isEmpty()) {
      out.append('/');
    }
    char mark = '?';
    for (Map.Entry<String, String> each : query) {
      out.append(mark);
      encode(each.getKey(), out);
      out.append('=');
      encode(each.getValue(), out);
      mark = '&';
    }
    return out.toString();
  }

  private static void encode(String text, StringBuilder out) {
    // A segment of dots alone would lead to another place.
    boolean dots = text.equals(".") || text.equals("..");
    for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
      boolean plain =
          b >= 'a' && b <= 'z'
              || b >= 'A' && b <= 'Z'
              || b >= '0' && b <= '9'
              || UNRESERVED.indexOf(b) >= 0 && !(dots && b == '.');
      if (plain) {
        out.append((char) b);
      } else {
        out.append('%')
            .append(Character.toUpperCase(Character.forDigit(b >> 4 & 15, 16)))
            .append(Character.toUpperCase(Character.forDigit(b & 15, 16)));
      }
    }
  }
}
