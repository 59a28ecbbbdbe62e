package dev.imago.crawl;

import dev.imago.core.ConfigException;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Who asks: a name that robots.txt can name, and where its owner can be reached.
///
/// @param line what is sent as User-Agent
/// @param product its product token (RFC 9309, 2.2.1), in small letters
record CrawlAgent(String line, String product) {
  private static final Pattern FORM =
      Pattern.compile(
          "([A-Za-z_-]+)(/[^\\s()]+)?"
              + " .*(https?://[^\\s()]+\\.[^\\s()]+|[^\\s()@]+@[^\\s()@]+\\.[^\\s()@]+).*");

  /// @throws ConfigException for one that nobody can reach
  static CrawlAgent of(String line) {
    Matcher form = FORM.matcher(line);
    if (!form.matches() || !line.matches("[ -~]*")) {
      throw new ConfigException(
          "agent = «%s» must say who asks and how to reach you: a name of letters, - and _, a version, and an address of the web or of mail, such as 'ExampleBot/1.0 (+https://example.org/bot)'"
              .formatted(line));
    }
    return new CrawlAgent(line, form.group(1).toLowerCase(Locale.ROOT));
  }
}
