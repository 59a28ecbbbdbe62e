package dev.imago.crawl;

import dev.imago.fetch.WebAddress;
import java.time.Year;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Tells endless parts of sites: calendars, sessions, filters over filters, paths that grow from
/// page to page. By the form of an address, and by how many of its form there were. Not
/// thread-safe.
final class Traps {
  private static final int LONGEST = 2000;
  private static final int MOST_SEGMENTS = 20;
  private static final int MOST_REPEATS = 3;
  private static final int MOST_PARAMETERS = 12;

  /// Of one path, its digits aside: lists that go on for longer are rare, filters that combine are
  /// not.
  private static final int MOST_QUERIES = 1000;

  /// Sets of parameters of one path.
  private static final int MOST_PARAMETER_SETS = 40;

  /// Of one form whose numbers are dates.
  private static final int MOST_DATES = 500;

  private static final int FIRST_YEAR = 1980;

  private static final Pattern SESSION =
      Pattern.compile(
          "(?i)(?:^|&)(?:jsessionid|phpsessid|aspsessionid[a-z]*|asp\\.net_sessionid|session_?id|sess_?id|sid|cfid|cftoken|zenid|oscsid|osid)=[^&]*");

  private static final Pattern PATH_SESSION =
      Pattern.compile("(?i);(?:jsessionid|sid|phpsessid)=[^/;?]*|/\\(S\\([a-z0-9]+\\)\\)");

  private static final Pattern DATE =
      Pattern.compile(
          "(?i)(?:^|[^0-9])((?:1[5-9]|[2-9][0-9])[0-9]{2})(?:[-/_.]?(?:0?[1-9]|1[0-2]))(?:[-/_.]?(?:[0-2]?[0-9]|3[01]))?(?:$|[^0-9])"
              + "|(?:year|jahr|annee|ano|y)[=/](-?[0-9]{1,6})(?:$|[^0-9])");

  private static final Pattern CALENDAR =
      Pattern.compile("(?i)(calend|/events?/|[?&](?:year|month|day|week|date|cal_?)[a-z]*=|ical)");

  private final int thisYear;
  private final Map<String, Integer> queries = new HashMap<>();
  private final Map<String, Set<String>> parameterSets = new HashMap<>();
  private final Map<String, Integer> dates = new HashMap<>();

  Traps(Year now) {
    thisYear = now.getValue();
  }

  /// The address without what only says whose visit it is.
  static WebAddress withoutSession(WebAddress address) {
    String path = PATH_SESSION.matcher(address.path()).replaceAll("");
    String query = address.query();
    if (query != null) {
      query = SESSION.matcher(query).replaceAll("").replaceFirst("^&", "");
    }
    return new WebAddress(
        address.scheme(),
        "",
        address.host(),
        address.port(),
        path.isEmpty() ? "/" : path,
        query == null || query.isEmpty() ? null : query);
  }

  /// Why an address leads into an endless part, counting it where it does not; empty for one that
  /// may be asked for.
  String refusal(WebAddress address) {
    if (address.toString().length() > LONGEST) {
      return "an address of more than %,d characters".formatted(LONGEST);
    }
    String form = formRefusal(address);
    return form.isEmpty() ? countRefusal(address) : form;
  }

  private String formRefusal(WebAddress address) {
    List<String> segments =
        List.of(address.path().substring(1).replaceFirst("/$", "").split("/", -1));
    if (segments.size() > MOST_SEGMENTS) {
      return "a path of more than %d parts".formatted(MOST_SEGMENTS);
    }
    var times = new HashMap<String, Integer>();
    for (int i = 0; i < segments.size(); i++) {
      String segment = segments.get(i);
      if (!segment.isEmpty() && times.merge(segment, 1, Integer::sum) == MOST_REPEATS) {
        return "a path that repeats itself";
      }
      // /a/b/a/b: a relative link that is taken for one of the page's own folder.
      if (i >= 3
          && segment.equals(segments.get(i - 2))
          && segments.get(i - 1).equals(segments.get(i - 3))) {
        return "a path that repeats itself";
      }
    }
    String query = address.query() == null ? "" : address.query();
    if (query.split("&", -1).length > MOST_PARAMETERS) {
      return "a query of more than %d parameters".formatted(MOST_PARAMETERS);
    }
    Matcher date = DATE.matcher(address.target());
    while (date.find()) {
      String written = date.group(1) == null ? date.group(2) : date.group(1);
      int year = Integer.parseInt(written);
      boolean calendar = CALENDAR.matcher(address.target()).find();
      if (calendar && (year < FIRST_YEAR || year > thisYear + 1)) {
        return "a calendar beyond the years in which there is something";
      }
    }
    return "";
  }

  private String countRefusal(WebAddress address) {
    String path = address.origin() + address.path().replaceAll("[0-9]+", "#");
    String query = address.query();
    if (CALENDAR.matcher(address.target()).find() && address.target().matches(".*[0-9].*")) {
      String form = path + "?" + names(query == null ? "" : query);
      if (dates.merge(form, 1, Integer::sum) > MOST_DATES) {
        return "a calendar of more than %d dates".formatted(MOST_DATES);
      }
    }
    if (query == null) {
      return "";
    }
    Set<String> sets = parameterSets.computeIfAbsent(path, _ -> new HashSet<>());
    String names = names(query);
    if (!sets.contains(names) && sets.size() == MOST_PARAMETER_SETS) {
      return "a path with more than %d sets of parameters".formatted(MOST_PARAMETER_SETS);
    }
    sets.add(names);
    return queries.merge(path, 1, Integer::sum) > MOST_QUERIES
        ? "a path with more than %,d queries".formatted(MOST_QUERIES)
        : "";
  }

  private static String names(String query) {
    return java.util.Arrays.stream(query.split("&", -1))
        .map(parameter -> parameter.replaceFirst("=.*", ""))
        .distinct()
        .sorted()
        .collect(java.util.stream.Collectors.joining("&"));
  }
}
