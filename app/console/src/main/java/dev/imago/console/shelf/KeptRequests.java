package dev.imago.console.shelf;

import dev.imago.data.KeptAnswer;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.json.JsonMapper;

/// What servers kept of what they were asked and answered, masked, from the end of the workspace's
/// `answers.jsonl`.
///
/// @param answers the newest first; of several of one answer the last
/// @param cut whether the file has more than was read
public record KeptRequests(List<KeptAnswer> answers, boolean cut) {
  private static final ObjectReader READER = JsonMapper.shared().readerFor(KeptAnswer.class);

  public static KeptRequests read(Path file) {
    JsonTail<KeptAnswer> tail = JsonTail.read(file, READER);
    var last = new LinkedHashMap<String, KeptAnswer>();
    for (KeptAnswer answer : tail.objects()) {
      last.remove(answer.completionId());
      last.put(answer.completionId(), answer);
    }
    return new KeptRequests(List.copyOf(last.sequencedValues().reversed()), tail.cut());
  }

  /// Those of an organisation, and those that are nobody's, which a server without accounts kept.
  public KeptRequests of(String organisation) {
    return new KeptRequests(
        answers.stream()
            .filter(a -> a.organisation() == null || organisation.equals(a.organisation()))
            .toList(),
        cut);
  }

  /// Those in which a word stands.
  public KeptRequests such(String word) {
    String wanted = word.toLowerCase(Locale.ROOT);
    return wanted.isEmpty()
        ? this
        : new KeptRequests(
            answers.stream().filter(answer -> mentions(answer, wanted)).toList(), cut);
  }

  private static boolean mentions(KeptAnswer answer, String word) {
    return answer.answer().toLowerCase(Locale.ROOT).contains(word)
        || answer.model().toLowerCase(Locale.ROOT).contains(word)
        || answer.messages().stream()
            .anyMatch(m -> m.content().toLowerCase(Locale.ROOT).contains(word));
  }
}
