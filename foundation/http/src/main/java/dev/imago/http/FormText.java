package dev.imago.http;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Names and values as forms and addresses have them: `name=value&name=value`, with `+` for a space
/// and bytes of UTF-8 as `%xx` (WHATWG URL, section 5.1).
final class FormText {
  /// More fields than that are no form.
  private static final int MOST = 2_000;

  private FormText() {}

  /// @throws ApiException for what is not encoded so
  static Map<String, List<String>> parse(String text) {
    var fields = new LinkedHashMap<String, List<String>>();
    int read = 0;
    for (String field : text.split("&")) {
      if (field.isEmpty()) {
        continue;
      }
      if (++read > MOST) {
        throw ApiException.invalid(
            null, "the form has more than %d fields: send fewer".formatted(MOST));
      }
      int sign = field.indexOf('=');
      String name = decoded(sign < 0 ? field : field.substring(0, sign));
      String value = sign < 0 ? "" : decoded(field.substring(sign + 1));
      fields.computeIfAbsent(name, _ -> new ArrayList<>()).add(value);
    }
    return fields;
  }

  private static String decoded(String text) {
    try {
      return URLDecoder.decode(text, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw ApiException.invalid(
          null,
          "«%s» is not encoded as addresses are: a percent sign is written %%25"
              .formatted(Router.brief(text)));
    }
  }
}
