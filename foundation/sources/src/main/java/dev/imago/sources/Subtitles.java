package dev.imago.sources;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What is said in subtitles: the text of SubRip's and WebVTT's cues, a line a cue, without times,
/// tags and settings. A cue that repeats the one before, or only adds to it as rolling captions do,
/// is said once.
public final class Subtitles {
  private static final Pattern TIMES =
      Pattern.compile(
          "\\s*(\\d+:)?\\d{1,2}:\\d{2}[.,]\\d{1,3}\\s*-->\\s*(\\d+:)?\\d{1,2}:\\d{2}[.,]\\d{1,3}.*");
  private static final Pattern TAG =
      Pattern.compile("</?[a-zA-Z0-9:.][^<>]*>|<[^<>]*$|</>|\\{\\\\[^}]*\\}");
  private static final Pattern VOICE = Pattern.compile("<v(?:\\.[^\\s>.]*)*+\\s+([^>]+)>");

  private Subtitles() {}

  /// Whether a text begins as subtitles do.
  public static boolean is(String text) {
    String start = text.startsWith("\ufeff") ? text.substring(1) : text;
    return start.startsWith("WEBVTT")
        || start.strip().matches("(?s)\\d{1,6}\\s*\\R" + TIMES.pattern() + "(\\R.*)?");
  }

  /// Each cue's lines joined by a blank, markup taken off.
  public static List<String> cues(String text) {
    var cues = new ArrayList<String>();
    String[] lines = text.replace("\ufeff", "").split("\\r\\n|\\r|\\n", -1);
    int i = 0;
    while (i < lines.length) {
      if (!TIMES.matcher(lines[i]).matches()) {
        i++;
        continue;
      }
      var cue = new StringBuilder();
      for (i++; i < lines.length && !lines[i].isBlank() && !lines[i].contains("-->"); i++) {
        cue.append(cue.isEmpty() ? "" : " ").append(lines[i].strip());
      }
      String said = plain(cue.toString());
      if (!said.isEmpty()) {
        cues.add(said);
      }
    }
    return cues;
  }

  /// All that is said.
  public static String text(String text) {
    var said = new ArrayList<String>();
    for (String cue : cues(text)) {
      String last = said.isEmpty() ? "" : said.getLast();
      if (cue.startsWith(last) && !last.isEmpty()) {
        said.set(said.size() - 1, cue);
      } else if (!last.endsWith(cue)) {
        said.add(cue);
      }
    }
    return String.join("\n", said);
  }

  static String plain(String cue) {
    Matcher voice = VOICE.matcher(cue);
    String named = voice.find() && voice.start() == 0 ? voice.group(1).strip() + ": " : "";
    String bare = TAG.matcher(cue).replaceAll("");
    return (bare.isBlank() ? "" : named + WikiEntities.decode(bare))
        .replaceAll("\\s+", " ")
        .strip();
  }
}
