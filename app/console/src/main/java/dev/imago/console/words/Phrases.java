package dev.imago.console.words;

import dev.imago.console.html.Content;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.text.NumberFormat;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.format.FormatStyle;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;

/// The texts of one language, from `phrases_en.properties` or its sister; `{0}`, `{1}` … stand for
/// what is filled in.
public final class Phrases {
  private static final long KIBI = 1024;

  private final Tongue tongue;
  private final ZoneId zone;
  private final boolean isPlain;
  private final Properties texts = new Properties();

  private Phrases(Tongue tongue, ZoneId zone, boolean isPlain) {
    this.tongue = tongue;
    this.zone = zone;
    this.isPlain = isPlain;
  }

  /// @param zone in which times are told
  public static Phrases of(Tongue tongue, ZoneId zone) {
    var phrases = new Phrases(tongue, zone, false);
    String file = "phrases_" + tongue.code() + ".properties";
    try (InputStream in = Phrases.class.getResourceAsStream("/dev/imago/console/" + file)) {
      if (in == null) {
        throw new IllegalStateException("the resource " + file + " is missing from the build");
      }
      phrases.texts.load(new InputStreamReader(in, StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return phrases;
  }

  /// The same texts with numbers, sizes and spans as programs read them: all their digits, bytes,
  /// seconds.
  public Phrases plain() {
    var plain = new Phrases(tongue, zone, true);
    plain.texts.putAll(texts);
    return plain;
  }

  public Tongue tongue() {
    return tongue;
  }

  /// The names of all texts.
  public Set<String> keys() {
    return new TreeSet<>(texts.stringPropertyNames());
  }

  /// A text.
  ///
  /// @throws IllegalArgumentException when there is none of this name
  public String of(String key, Object... filled) {
    String text = texts.getProperty(key);
    if (text == null) {
      throw new IllegalArgumentException("no text «%s» in %s".formatted(key, tongue));
    }
    if (filled.length == 0) {
      return text;
    }
    var out = new StringBuilder();
    int from = 0;
    for (int open = text.indexOf('{'); open >= 0; open = text.indexOf('{', from)) {
      out.append(text, from, open);
      int which = text.charAt(open + 1) - '0';
      out.append(written(filled[which]));
      from = open + 3;
    }
    return out.append(text, from, text.length()).toString();
  }

  /// A text as content.
  public Content text(String key, Object... filled) {
    return Content.text(of(key, filled));
  }

  /// A text about a number of things: `key.one` where the language has a form of its own for one,
  /// else `key.other`.
  public String count(String key, long n) {
    return of(key + (n == 1 && tongue == Tongue.ENGLISH ? ".one" : ".other"), n);
  }

  private String written(Object value) {
    return value instanceof Number n ? number(n.doubleValue()) : String.valueOf(value);
  }

  /// A number with the digits that tell something: whole ones whole, others with four.
  public String number(double value) {
    if (isPlain) {
      return value == Math.rint(value) && Math.abs(value) < 1e15
          ? Long.toString((long) value)
          : Double.toString(value);
    }
    if (!Double.isFinite(value)) {
      return Double.isNaN(value) ? "NaN" : value > 0 ? "∞" : "−∞";
    }
    double size = Math.abs(value);
    if (value == Math.rint(value) && size < 1e15) {
      return NumberFormat.getIntegerInstance(tongue.locale()).format((long) value);
    }
    if (size < 1e-3 || size >= 1e9) {
      return String.format(tongue.locale(), "%.3g", value);
    }
    NumberFormat format = NumberFormat.getNumberInstance(tongue.locale());
    int digits = Math.max(0, 4 - (int) Math.floor(Math.log10(size)) - 1);
    format.setMaximumFractionDigits(Math.max(digits, 1));
    format.setMinimumFractionDigits(Math.max(digits, 1));
    return format.format(value);
  }

  /// A number for the marks of an axis, in few letters: 1,200 and 1.8B.
  public String mark(double value) {
    double size = Math.abs(value);
    if (size >= 1e4) {
      NumberFormat format =
          NumberFormat.getCompactNumberInstance(tongue.locale(), NumberFormat.Style.SHORT);
      format.setMaximumFractionDigits(2);
      return format.format(value);
    }
    if (value == 0 || size >= 1e-4) {
      NumberFormat format = NumberFormat.getNumberInstance(tongue.locale());
      format.setMaximumFractionDigits(6);
      return format.format(value);
    }
    return String.format(tongue.locale(), "%.1g", value);
  }

  /// Bytes in the largest unit of which there is one.
  public String bytes(long bytes) {
    if (isPlain) {
      return Long.toString(bytes);
    }
    if (bytes < KIBI) {
      return of("unit.bytes", bytes);
    }
    String[] units = {"KiB", "MiB", "GiB", "TiB"};
    double size = bytes;
    int unit = -1;
    while (size >= KIBI && unit + 1 < units.length) {
      size /= KIBI;
      unit++;
    }
    NumberFormat format = NumberFormat.getNumberInstance(tongue.locale());
    format.setMaximumFractionDigits(size < 10 ? 1 : 0);
    return format.format(size) + " " + units[unit];
  }

  /// A time of day and a date.
  public String moment(Instant at) {
    return DateTimeFormatter.ofLocalizedDateTime(FormatStyle.MEDIUM, FormatStyle.SHORT)
        .withLocale(tongue.locale())
        .withZone(zone)
        .format(at);
  }

  /// How long something took.
  public String span(double seconds) {
    if (isPlain) {
      return number(seconds);
    }
    if (seconds < 60) {
      NumberFormat format = NumberFormat.getNumberInstance(tongue.locale());
      format.setMaximumFractionDigits(seconds < 10 ? 1 : 0);
      return of("span.seconds", format.format(seconds));
    }
    Duration took = Duration.ofSeconds(Math.round(seconds));
    return took.toHours() == 0
        ? of("span.minutes", took.toMinutes(), took.toSecondsPart())
        : of("span.hours", took.toHours(), took.toMinutesPart());
  }

  /// How long ago something was.
  public String ago(Instant at, Instant now) {
    long seconds = Math.max(0, Duration.between(at, now).toSeconds());
    if (seconds < 5) {
      return of("ago.now");
    }
    if (seconds < 60) {
      return of("ago.seconds", seconds);
    }
    if (seconds < 3600) {
      return of("ago.minutes", seconds / 60);
    }
    return seconds < 86_400 ? of("ago.hours", seconds / 3600) : of("ago.days", seconds / 86_400);
  }
}
