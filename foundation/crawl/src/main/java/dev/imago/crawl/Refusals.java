package dev.imago.crawl;

import dev.imago.fetch.WebAnswer;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;

/// What an answer says may not be done with it: `X-Robots-Tag` and its like in HTML, the refusals
/// of training of its owner (`noai`, Content-Signal, Content-Usage), the reservation of text and
/// data mining (TDMRep, <https://www.w3.org/community/reports/tdmrep/CG-FINAL-tdmrep-20240510/>).
///
/// @param keep why it is not kept; empty where it may be
/// @param follow whether its links may be followed
record Refusals(String keep, boolean follow) {
  /// Directives that have a value behind a colon, which is no agent's name before one.
  private static final Set<String> WITH_VALUE =
      Set.of("unavailable_after", "max-snippet", "max-image-preview", "max-video-preview");

  private static final Set<String> NOT_KEPT =
      Set.of("noindex", "none", "noarchive", "noai", "noimageai", "noml");

  private static final Pattern NO_TRAINING =
      Pattern.compile(
          "(?i)(?:^|[,;\\s])(ai-train|train-ai|tdm|ai)\\s*=\\s*(?:no?|\\?0)(?:$|[,;\\s])");

  /// @param product the agent's, in small letters
  static Refusals of(WebAnswer answer, String product, Instant now) {
    var directives = new TreeSet<String>();
    for (String line : answer.values("X-Robots-Tag")) {
      directives.addAll(forAgent(line, product, now));
    }
    String keep = kept(directives, "X-Robots-Tag");
    if (keep.isEmpty()) {
      keep = noTraining(answer.header("Content-Signal"), "Content-Signal");
    }
    if (keep.isEmpty()) {
      keep = noTraining(answer.header("Content-Usage"), "Content-Usage");
    }
    if (keep.isEmpty() && answer.header("tdm-reservation").strip().equals("1")) {
      keep = "tdm-reservation (header)";
    }
    return new Refusals(keep, follows(directives));
  }

  /// These, and what a page itself says.
  Refusals and(Document page, String product, Instant now) {
    var directives = new TreeSet<String>();
    String mined = "";
    for (Element meta : page.select("meta[name][content]")) {
      String name = meta.attr("name").strip().toLowerCase(Locale.ROOT);
      String content = meta.attr("content");
      if (name.equals("robots") || name.equals(product)) {
        directives.addAll(forAgent(content, product, now));
      } else if (name.equals("tdm-reservation") && content.strip().equals("1")) {
        mined = "tdm-reservation (meta)";
      }
    }
    String own = kept(directives, "meta");
    return new Refusals(
        !keep.isEmpty() ? keep : own.isEmpty() ? mined : own, follow && follows(directives));
  }

  /// Whether a text of preferences, such as `search=yes, ai-train=no`, refuses training.
  static String noTraining(String preferences, String where) {
    var found = NO_TRAINING.matcher(preferences);
    return found.find()
        ? "%s=no (%s)".formatted(found.group(1).toLowerCase(Locale.ROOT), where)
        : "";
  }

  private static String kept(Set<String> directives, String where) {
    return directives.stream()
        .filter(d -> NOT_KEPT.contains(d) || d.equals("unavailable_after"))
        .map(d -> d.equals("none") ? "noindex" : d)
        .findFirst()
        .map(d -> "%s (%s)".formatted(d, where))
        .orElse("");
  }

  private static boolean follows(Set<String> directives) {
    return !directives.contains("nofollow") && !directives.contains("none");
  }

  /// The directives of a line that are everybody's or the agent's: `noindex, otherbot: nofollow,
  /// examplebot: noai`. A name holds up to the next one.
  private static Set<String> forAgent(String line, String product, Instant now) {
    var all = new TreeSet<String>();
    boolean meant = true;
    List<String> parts = List.of(dated(line, now).toLowerCase(Locale.ROOT).split(","));
    for (String part : parts) {
      String directive = part.strip();
      int colon = directive.indexOf(':');
      String before = colon < 0 ? "" : directive.substring(0, colon).strip();
      if (colon > 0 && !WITH_VALUE.contains(before)) {
        meant = before.equals(product);
        directive = directive.substring(colon + 1).strip();
      }
      if (meant) {
        all.addAll(
            List.of(directive.split("[\\s;]+")).stream()
                .map(d -> d.replaceFirst(":.*", ""))
                .collect(Collectors.toSet()));
      }
    }
    return all;
  }

  private static final Pattern UNTIL =
      Pattern.compile("(?i)unavailable_after:\\s*((?:[a-z]{3,9},\\s*)?[^,]*)");

  /// A date may hold a comma; one that has not come yet refuses nothing.
  private static String dated(String line, Instant now) {
    return UNTIL
        .matcher(line)
        .replaceAll(until -> past(until.group(1).strip(), now) ? "unavailable_after" : "");
  }

  private static boolean past(String date, Instant now) {
    for (DateTimeFormatter form :
        List.of(DateTimeFormatter.RFC_1123_DATE_TIME, DateTimeFormatter.ISO_DATE_TIME)) {
      try {
        return Instant.from(form.parse(date)).isBefore(now);
      } catch (DateTimeException e) {
        // the other form, perhaps
      }
    }
    try {
      return java.time.LocalDate.parse(date)
          .atStartOfDay(java.time.ZoneOffset.UTC)
          .toInstant()
          .isBefore(now);
    } catch (DateTimeParseException e) {
      return true; // that it shall be gone is certain, when is not
    }
  }
}
