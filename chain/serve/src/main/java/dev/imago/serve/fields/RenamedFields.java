package dev.imago.serve.fields;

import dev.imago.http.ApiException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What fields are called in another API, so that an error names the one that its client sent.
///
/// @param names by OpenAI's name of a chat's field, the one of the other API
public record RenamedFields(Map<String, String> names) {
  public RenamedFields {
    names = new LinkedHashMap<>(names);
  }

  /// Does something; what is refused by OpenAI's name is refused by the other.
  public <T> T in(Supplier<T> action) {
    try {
      return action.get();
    } catch (ApiException e) {
      throw renamed(e);
    }
  }

  /// The same error, of the field as the client calls it.
  public ApiException renamed(ApiException e) {
    String param = e.param();
    if (param == null) {
      return e;
    }
    for (Map.Entry<String, String> each : names.entrySet()) {
      String name = each.getKey();
      if (param.equals(name) || param.startsWith(name + ".") || param.startsWith(name + "[")) {
        String told = each.getValue() + param.substring(name.length());
        // A word alone is changed, not a part of a longer one.
        String message =
            String.valueOf(e.getMessage())
                .replaceAll(
                    "(?<![\\w.])" + Pattern.quote(name) + "(?!\\w)",
                    Matcher.quoteReplacement(each.getValue()));
        return e.of(told, message);
      }
    }
    return e;
  }
}
