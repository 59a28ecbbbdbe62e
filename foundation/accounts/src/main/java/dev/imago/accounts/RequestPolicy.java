package dev.imago.accounts;

import dev.imago.core.Bounds;
import dev.imago.core.ConfigException;
import java.time.DayOfWeek;
import java.time.LocalTime;
import java.time.ZonedDateTime;
import java.time.format.TextStyle;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/// What requests of a tenant may ask for, and when.
///
/// @param models names that may be asked for, `*` at an end for all that begin so
/// @param tools names of functions that may be offered to a model, in the same form; none where it
///   is empty
/// @param prompt the most tokens of a prompt
/// @param answer the most tokens of an answer
/// @param fileBytes the most of files that are kept, of all keys of the organisation together
/// @param hours when requests are answered, by the clock of the organisation's zone
public record RequestPolicy(
    List<String> models, List<String> tools, int prompt, int answer, long fileBytes, Hours hours) {
  /// Everything at any time.
  public static final RequestPolicy ANY =
      new RequestPolicy(
          List.of("*"),
          List.of("*"),
          Integer.MAX_VALUE,
          Integer.MAX_VALUE,
          Long.MAX_VALUE,
          Hours.ALWAYS);

  /// With as many files as there are.
  public RequestPolicy(
      List<String> models, List<String> tools, int prompt, int answer, Hours hours) {
    this(models, tools, prompt, answer, Long.MAX_VALUE, hours);
  }

  public RequestPolicy {
    models = List.copyOf(models);
    tools = List.copyOf(tools);
    Bounds.whole("prompt", prompt, 1, Integer.MAX_VALUE);
    Bounds.whole("answer", answer, 1, Integer.MAX_VALUE);
    Bounds.whole("fileBytes", fileBytes, 0, Long.MAX_VALUE);
    if (models.isEmpty()) {
      throw new ConfigException(
          "models names nothing, so that nothing could be asked; * stands for all");
    }
  }

  public boolean opensModel(String name) {
    return matches(models, name);
  }

  public boolean opensTool(String name) {
    return matches(tools, name);
  }

  /// Whether a length is bounded.
  public boolean bounds() {
    return prompt < Integer.MAX_VALUE || answer < Integer.MAX_VALUE;
  }

  private static boolean matches(List<String> patterns, String name) {
    return patterns.stream()
        .anyMatch(
            p ->
                p.endsWith("*") ? name.startsWith(p.substring(0, p.length() - 1)) : p.equals(name));
  }

  /// A stretch of certain days.
  ///
  /// @param to not in it; where it is not after `from`, the stretch ends on the next day
  /// @param days on which it begins
  public record Hours(LocalTime from, LocalTime to, Set<DayOfWeek> days) {
    public static final Hours ALWAYS =
        new Hours(LocalTime.MIDNIGHT, LocalTime.MIDNIGHT, EnumSet.allOf(DayOfWeek.class));

    public Hours {
      days = Set.copyOf(days);
      if (days.isEmpty()) {
        throw new ConfigException("days names no day, so that nothing could be asked");
      }
    }

    /// Whether it is such a time.
    public boolean holds(ZonedDateTime at) {
      LocalTime time = at.toLocalTime();
      DayOfWeek day = at.getDayOfWeek();
      if (from.isBefore(to)) {
        return days.contains(day) && !time.isBefore(from) && time.isBefore(to);
      }
      return days.contains(day) && !time.isBefore(from)
          || days.contains(day.minus(1)) && time.isBefore(to);
    }

    @Override
    public String toString() {
      String when = "%s … %s".formatted(from, to);
      return days.size() == DayOfWeek.values().length
          ? when
          : when
              + days.stream()
                  .sorted()
                  .map(day -> day.getDisplayName(TextStyle.SHORT, Locale.ROOT))
                  .collect(Collectors.joining(", ", " on ", ""));
    }
  }
}
