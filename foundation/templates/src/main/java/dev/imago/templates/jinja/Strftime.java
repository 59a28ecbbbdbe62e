package dev.imago.templates.jinja;

import java.time.Clock;
import java.time.LocalDateTime;
import java.time.format.TextStyle;
import java.time.temporal.ChronoField;
import java.time.temporal.IsoFields;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Python's `datetime.strftime` on Linux, in the C locale: English names, glibc's directives, flags
/// and widths. The time has no zone, as that of `datetime.now()` has none.
final class Strftime {
  private static final int MAX_WIDTH = 1000;

  private final LocalDateTime time;
  private final Clock clock;

  private Strftime(LocalDateTime time, Clock clock) {
    this.time = time;
    this.clock = clock;
  }

  /// @param clock whose zone `%s` counts in
  static String format(String format, LocalDateTime time, Clock clock) {
    Budget.make(format.length() * 8L);
    return new Strftime(time, clock).format(format);
  }

  private String format(String format) {
    var out = new StringBuilder();
    int at = 0;
    while (at < format.length()) {
      int start = at;
      char c = format.charAt(at++);
      if (c != '%') {
        out.append(c);
        continue;
      }
      var flags = new StringBuilder();
      while (at < format.length() && "_-0^#+".indexOf(format.charAt(at)) >= 0) {
        flags.append(format.charAt(at++));
      }
      int width = 0;
      while (at < format.length() && Character.isDigit(format.charAt(at)) && width <= MAX_WIDTH) {
        width = width * 10 + Character.digit(format.charAt(at++), 10);
      }
      if (width > MAX_WIDTH) {
        throw new TemplateException(
            "strftime_now: a width of more than " + MAX_WIDTH + " in «" + format + "»");
      }
      if (at < format.length() && "EO".indexOf(format.charAt(at)) >= 0) {
        at++;
      }
      String text = at < format.length() ? directive(format.charAt(at), flags, width) : null;
      at = Math.min(at + 1, format.length());
      out.append(text == null ? format.substring(start, at) : text);
    }
    return out.toString();
  }

  /// A directive's text, or null where there is none of that letter.
  private @Nullable String directive(char c, CharSequence flags, int width) {
    int hour12 = time.getHour() % 12 == 0 ? 12 : time.getHour() % 12;
    return switch (c) {
      case 'a' ->
          text(time.getDayOfWeek().getDisplayName(TextStyle.SHORT, Locale.ENGLISH), flags, width);
      case 'A' ->
          text(time.getDayOfWeek().getDisplayName(TextStyle.FULL, Locale.ENGLISH), flags, width);
      case 'b', 'h' ->
          text(time.getMonth().getDisplayName(TextStyle.SHORT, Locale.ENGLISH), flags, width);
      case 'B' ->
          text(time.getMonth().getDisplayName(TextStyle.FULL, Locale.ENGLISH), flags, width);
      case 'c' -> text(format("%a %b %e %H:%M:%S %Y"), flags, width);
      case 'C' -> number(time.getYear() / 100, 2, '0', flags, width);
      case 'd' -> number(time.getDayOfMonth(), 2, '0', flags, width);
      case 'D', 'x' -> text(format("%m/%d/%y"), flags, width);
      case 'e' -> number(time.getDayOfMonth(), 2, ' ', flags, width);
      case 'f' -> "%06d".formatted(time.getNano() / 1000);
      case 'F' -> text(format("%Y-%m-%d"), flags, width);
      case 'g' -> number(time.get(IsoFields.WEEK_BASED_YEAR) % 100, 2, '0', flags, width);
      case 'G' -> number(time.get(IsoFields.WEEK_BASED_YEAR), 1, '0', flags, width);
      case 'H' -> number(time.getHour(), 2, '0', flags, width);
      case 'I' -> number(hour12, 2, '0', flags, width);
      case 'j' -> number(time.getDayOfYear(), 3, '0', flags, width);
      case 'k' -> number(time.getHour(), 2, ' ', flags, width);
      case 'l' -> number(hour12, 2, ' ', flags, width);
      case 'm' -> number(time.getMonthValue(), 2, '0', flags, width);
      case 'M' -> number(time.getMinute(), 2, '0', flags, width);
      case 'n' -> text("\n", flags, width);
      case 'p' -> halfOfDay(flags, width);
      case 'P' -> text(time.getHour() < 12 ? "am" : "pm", flags, width);
      case 'r' -> text(format("%I:%M:%S %p"), flags, width);
      case 'R' -> text(format("%H:%M"), flags, width);
      case 's' -> number(time.atZone(clock.getZone()).toEpochSecond(), 1, '0', flags, width);
      case 'S' -> number(time.getSecond(), 2, '0', flags, width);
      case 't' -> text("\t", flags, width);
      case 'T', 'X' -> text(format("%H:%M:%S"), flags, width);
      case 'u' -> number(time.getDayOfWeek().getValue(), 1, '0', flags, width);
      case 'U' -> number((time.getDayOfYear() + 6 - sunday()) / 7, 2, '0', flags, width);
      case 'V' -> number(time.get(IsoFields.WEEK_OF_WEEK_BASED_YEAR), 2, '0', flags, width);
      case 'w' -> number(sunday(), 1, '0', flags, width);
      case 'W' -> number((time.getDayOfYear() + 6 - (sunday() + 6) % 7) / 7, 2, '0', flags, width);
      case 'y' -> number(time.getYear() % 100, 2, '0', flags, width);
      case 'Y' -> number(time.get(ChronoField.YEAR), 1, '0', flags, width);
      case 'z', 'Z' -> "";
      case '%' -> text("%", flags, width);
      default -> null;
    };
  }

  /// The day of the week, from Sunday as 0.
  private int sunday() {
    return time.getDayOfWeek().getValue() % 7;
  }

  private String halfOfDay(CharSequence flags, int width) {
    String half = time.getHour() < 12 ? "AM" : "PM";
    // The flag # swaps the case, which is lower for this one alone.
    return flags.toString().contains("#")
        ? text(half.toLowerCase(Locale.ROOT), "", width)
        : text(half, flags, width);
  }

  private static String text(String text, CharSequence flags, int width) {
    String all = flags.toString();
    String cased = all.contains("^") || all.contains("#") ? text.toUpperCase(Locale.ROOT) : text;
    char pad = lastPad(all, ' ');
    return (pad == '-' ? "" : String.valueOf(pad).repeat(Math.max(0, width - text.length())))
        + cased;
  }

  private static String number(long number, int digits, char pad, CharSequence flags, int width) {
    char used = lastPad(flags.toString(), pad);
    String text = Long.toString(number);
    int wanted = width > 0 ? width : digits;
    return used == '-'
        ? text
        : String.valueOf(used).repeat(Math.max(0, wanted - text.length())) + text;
  }

  private static char lastPad(String flags, char otherwise) {
    char pad = otherwise;
    for (int i = 0; i < flags.length(); i++) {
      switch (flags.charAt(i)) {
        case '_' -> pad = ' ';
        case '-' -> pad = '-';
        case '0', '+' -> pad = '0';
        default -> {}
      }
    }
    return pad;
  }
}
