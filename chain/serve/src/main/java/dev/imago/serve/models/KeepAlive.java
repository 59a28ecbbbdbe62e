package dev.imago.serve.models;

import dev.imago.http.ApiException;
import dev.imago.http.JsonFields;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/// Ollama's `keep_alive`: how long after an answer its model stays awake. Seconds, or a text such
/// as `5m` or `1h30m`; below 0 is for ever, 0 is not at all.
/// <https://docs.ollama.com/faq#how-do-i-keep-a-model-loaded-in-memory-or-make-it-unload-immediately>
public final class KeepAlive {
  /// The field.
  public static final String NAME = "keep_alive";

  private static final Pattern PART = Pattern.compile("(\\d+(?:\\.\\d+)?)(ns|us|µs|ms|s|m|h)");

  private static final Pattern WHOLE =
      Pattern.compile("[+-]?(?:0|(?:%s)+)".formatted(PART.pattern()));

  private KeepAlive() {}

  /// What a request says of it, in nanoseconds: [Long#MAX_VALUE] is for ever; nothing where it says
  /// nothing.
  ///
  /// @throws ApiException for what is no time, and for 0 where the model does not sleep
  public static OptionalLong of(JsonFields fields, Backend model) {
    JsonNode value = fields.get(NAME);
    if (value == null) {
      return OptionalLong.empty();
    }
    double nanos;
    if (value.isNumber()) {
      nanos = value.doubleValue() * 1e9;
    } else if (value.isString()
        && value.stringValue().length() <= 40
        && WHOLE.matcher(value.stringValue()).matches()) {
      nanos = nanos(value.stringValue());
    } else {
      throw ApiException.invalid(
          NAME,
          "%s = %s is neither seconds nor a time such as \"5m\" or \"1h30m\""
              .formatted(NAME, value.toString().length() > 40 ? "…" : value));
    }
    if (nanos == 0 && !model.maySleep()) {
      throw ApiException.invalid(
          NAME,
          NAME
              + " = 0 lets the model go after its answer, and this server's stays; leave it out, or"
              + " start the server with --sleep-after or --model-memory");
    }
    return OptionalLong.of(nanos < 0 ? Long.MAX_VALUE : (long) nanos);
  }

  private static double nanos(String text) {
    double nanos = 0;
    Matcher part = PART.matcher(text);
    while (part.find()) {
      nanos +=
          Double.parseDouble(part.group(1))
              * switch (part.group(2)) {
                case "ns" -> 1;
                case "us", "µs" -> 1e3;
                case "ms" -> 1e6;
                case "s" -> 1e9;
                case "m" -> 60e9;
                default -> 3600e9;
              };
    }
    return text.startsWith("-") ? -nanos : nanos;
  }
}
