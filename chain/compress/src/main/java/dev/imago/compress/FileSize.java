package dev.imago.compress;

import dev.imago.core.ConfigException;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A size as people write it: `100MB`, `1.5 GB`, `800 kB`, `1000000`; units are powers of 1000, and
/// those with an `i` of 1024.
public final class FileSize {
  private static final Pattern FORM =
      Pattern.compile("(\\d{1,15}(?:\\.\\d{1,9})?)\\s*([kmgt]?)(i?)b?", Pattern.CASE_INSENSITIVE);

  private FileSize() {}

  /// @param setting whose value it is, for messages
  /// @throws ConfigException for what is no size above 0
  public static long parse(String setting, String text) {
    Matcher matcher = FORM.matcher(text.strip());
    if (matcher.matches()) {
      double unit = matcher.group(3).isEmpty() ? 1000 : 1024;
      int power = "kmgt".indexOf(matcher.group(2).toLowerCase(Locale.ROOT)) + 1;
      power = matcher.group(2).isEmpty() ? 0 : power;
      double bytes = Double.parseDouble(matcher.group(1)) * Math.pow(unit, power);
      if (bytes >= 1 && bytes < 1e18) {
        return (long) bytes;
      }
    }
    throw new ConfigException(
        "%s = «%s» is no size; write one as 100MB, or 1.5GB".formatted(setting, text));
  }
}
