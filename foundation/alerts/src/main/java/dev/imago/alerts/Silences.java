package dev.imago.alerts;

import dev.imago.core.AtomicFile;
import dev.imago.core.ConfigException;
import dev.imago.core.InputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/// Which alerts nobody is to hear of, and until when: a file that every process reads anew.
public final class Silences {
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final int MOST = 1_000;
  private static final Duration LONGEST = Duration.ofDays(366);
  private static final Pattern MATCHER =
      Pattern.compile("([a-zA-Z_][a-zA-Z0-9_]*)(=~|!~|!=|=)(.{0,200})");

  private final Path file;

  public Silences(Path file) {
    this.file = file;
  }

  /// One silence.
  ///
  /// @param id by which it is ended
  /// @param matchers on an alert's labels, all of which must hold: `alertname=LossIsNaN`,
  ///   `run=~2026.*`, with Alertmanager's operators
  /// @param from in seconds since 1970; so with `until`
  /// @param by who made it
  public record Silence(
      String id, List<String> matchers, double from, double until, String by, String comment) {
    public Silence {
      matchers = List.copyOf(matchers);
    }

    boolean covers(Alert alert, double now) {
      if (now < from || now >= until) {
        return false;
      }
      for (String matcher : matchers) {
        if (!parsed(matcher).matches(alert.labels())) {
          return false;
        }
      }
      return true;
    }
  }

  record Kept(List<Silence> silences) {}

  private static MetricSelector.LabelMatcher parsed(String matcher) {
    Matcher form = MATCHER.matcher(matcher);
    if (!form.matches()) {
      throw new ConfigException(
          "«%s» matches no label; give one like alertname=LossIsNaN or run=~2026.*"
              .formatted(matcher.length() <= 60 ? matcher : matcher.substring(0, 60) + "…"));
    }
    return MetricSelector.LabelMatcher.of(form.group(1), form.group(2), form.group(3));
  }

  /// Those that hold at a time, or will.
  ///
  /// @throws InputException for a file that holds none
  public List<Silence> open(double now) {
    try {
      Kept kept = JSON.readValue(Files.readString(file), Kept.class);
      if (kept == null || kept.silences() == null) {
        throw new InputException(broken());
      }
      return kept.silences().stream().filter(each -> each.until() > now).toList();
    } catch (NoSuchFileException _) {
      return List.of();
    } catch (IOException e) {
      throw AtomicFile.failure("read", file, e);
    } catch (JacksonException e) {
      throw new InputException(broken(), e);
    }
  }

  private String broken() {
    return "%s holds no silences; delete it, and all alerts are told again".formatted(file);
  }

  /// Begins a silence.
  ///
  /// @param now in seconds since 1970
  /// @throws ConfigException for matchers that are none, or that match every alert there may be
  public synchronized Silence begin(
      List<String> matchers, double now, Duration length, String by, String comment) {
    if (matchers.isEmpty()) {
      throw new ConfigException("a silence of everything is none: give alertname=NAME");
    }
    for (String matcher : matchers) {
      if (parsed(matcher).matches(java.util.Map.of())) {
        throw new ConfigException(
            "%s matches alerts without that label, too: give a value that is not empty"
                .formatted(matcher));
      }
    }
    if (!length.isPositive() || length.compareTo(LONGEST) > 0) {
      throw new ConfigException("a silence lasts longer than no time, and a year at most");
    }
    var all = new ArrayList<>(open(now));
    if (all.size() >= MOST) {
      throw new ConfigException("there are %d silences; end one first".formatted(MOST));
    }
    String id =
        java.util
            .UUID
            .nameUUIDFromBytes(
                (matchers + " " + now + " " + all.size() + " " + by)
                    .getBytes(java.nio.charset.StandardCharsets.UTF_8))
            .toString()
            .substring(0, 8)
            .toLowerCase(Locale.ROOT);
    var silence =
        new Silence(
            id,
            matchers,
            now,
            now + length.toSeconds(),
            by,
            comment.length() <= 500 ? comment : comment.substring(0, 500));
    all.add(silence);
    AtomicFile.write(file, JSON.writeValueAsString(new Kept(all)));
    return silence;
  }

  /// Ends a silence now.
  ///
  /// @throws ConfigException when there is none of this id
  public synchronized void end(String id, double now) {
    List<Silence> all = open(now);
    List<Silence> left = all.stream().filter(each -> !each.id().equals(id)).toList();
    if (left.size() == all.size()) {
      throw new ConfigException(
          "there is no silence %s; those that hold: %s"
              .formatted(id, all.stream().map(Silence::id).collect(Collectors.joining(", "))));
    }
    AtomicFile.write(file, JSON.writeValueAsString(new Kept(left)));
  }

  /// Whether nobody is to hear of an alert at a time.
  public static boolean cover(List<Silence> silences, Alert alert, double now) {
    return silences.stream().anyMatch(each -> each.covers(alert, now));
  }
}
