package dev.imago.feedback;

import dev.imago.core.AtomicFile;
import dev.imago.core.ConfigException;
import dev.imago.core.InputException;
import dev.imago.data.Rating;
import dev.imago.data.Rating.Message;
import dev.imago.data.RatingLog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/// Turns a log of ratings into a file that preference trainers read: one JSON object a line, in the
/// field names of TRL's dataset formats.
///
/// Chats are written in TRL's conversational form (`prompt` and answers are lists of
/// `{"role","content"}`), continued bare texts in its standard form (strings). One file holds one
/// of the two, as trainers demand: chats, unless the log has none.
public final class PreferenceExport {
  private static final JsonMapper JSON = JsonMapper.shared();

  /// What a line holds.
  public enum Format {
    /// `{"prompt","chosen","rejected"}`, for DPO and reward models: answers rated up beside answers
    /// rated down, corrections beside what they correct, answers beside what they were preferred
    /// to.
    PREFERENCE,
    /// `{"prompt","completion","label"}`, for KTO: every rated answer, label true for thumbs up,
    /// for corrections and for what was preferred.
    UNPAIRED,
    /// `{"prompt","completion"}`, for supervised tuning: the answers rated up, and corrections.
    DEMONSTRATION,
    /// As [#UNPAIRED], the rated answers that [#PREFERENCE] leaves over.
    REST
  }

  /// What an export did.
  ///
  /// @param ratings ratings that count: the last of each completion
  /// @param rows lines written
  /// @param pairs pairs that the log holds, whatever the format
  /// @param rest rated answers in no pair
  /// @param contradictory answers left out because they got as many thumbs up as down
  /// @param bareTexts ratings left out because they are of continued texts and the file holds chats
  public record Summary(
      int ratings, int rows, int pairs, int rest, int contradictory, int bareTexts) {}

  private PreferenceExport() {}

  /// Writes `out` whole, in the order of the log.
  ///
  /// @throws InputException when the log is absent or broken
  public static Summary export(Path log, Path out, Format format) {
    if (isSameFile(log, out)) {
      throw new ConfigException(
          out + " is the rating log itself; name another file to write the export to");
    }
    return write(RatingLog.latest(log), out, format);
  }

  static Summary write(List<Rating> ratings, Path out, Format format) {
    List<Rating> chats = ratings.stream().filter(rating -> !rating.bareText()).toList();
    List<Rating> taken = chats.isEmpty() ? ratings : chats;
    Preferences preferences = Preferences.of(taken);
    List<Map<String, Object>> rows =
        switch (format) {
          case PREFERENCE -> preferences.pairs().stream().map(PreferenceExport::row).toList();
          case UNPAIRED -> preferences.judged().stream().map(PreferenceExport::row).toList();
          case DEMONSTRATION ->
              preferences.judged().stream()
                  .filter(judged -> judged.good() && judged.absolute())
                  .map(PreferenceExport::demonstration)
                  .toList();
          case REST -> preferences.rest().stream().map(PreferenceExport::row).toList();
        };
    AtomicFile.write(
        out,
        stream -> {
          for (Map<String, Object> row : rows) {
            stream.write(JSON.writeValueAsBytes(row));
            stream.write('\n');
          }
        });
    return new Summary(
        ratings.size(),
        rows.size(),
        preferences.pairs().size(),
        preferences.rest().size(),
        preferences.contradictory(),
        ratings.size() - taken.size());
  }

  private static boolean isSameFile(Path log, Path out) {
    try {
      return Files.exists(log) && Files.exists(out) && Files.isSameFile(log, out);
    } catch (IOException e) {
      throw AtomicFile.failure("read", out, e);
    }
  }

  private static Map<String, Object> row(Preferences.Pair pair) {
    var row = new LinkedHashMap<String, Object>();
    row.put("prompt", prompt(pair.prompt()));
    row.put("chosen", answer(pair.prompt(), pair.chosen()));
    row.put("rejected", answer(pair.prompt(), pair.rejected()));
    return row;
  }

  private static Map<String, Object> row(Preferences.Judged judged) {
    var row = new LinkedHashMap<String, Object>();
    row.put("prompt", prompt(judged.prompt()));
    row.put("completion", answer(judged.prompt(), judged.answer()));
    row.put("label", judged.good());
    return row;
  }

  private static Map<String, Object> demonstration(Preferences.Judged judged) {
    Map<String, Object> row = row(judged);
    row.remove("label");
    return row;
  }

  private static Object prompt(List<Message> messages) {
    return bare(messages) ? messages.getFirst().content() : messages;
  }

  private static Object answer(List<Message> messages, String text) {
    return bare(messages) ? text : List.of(new Message("assistant", text));
  }

  private static boolean bare(List<Message> messages) {
    return messages.getFirst().role().equals(Rating.TEXT);
  }
}
