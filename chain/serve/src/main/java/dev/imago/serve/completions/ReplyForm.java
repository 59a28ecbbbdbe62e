package dev.imago.serve.completions;

import dev.imago.dialogue.AnswerPart;
import dev.imago.generate.FinishReason;
import dev.imago.http.ApiException;
import dev.imago.serve.models.AutoRouting;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// The form of a request's answers on the wire: OpenAI's of chats, texts and responses,
/// Anthropic's, Ollama's. What generates them knows none of it. One form serves one request, in one
/// thread.
public interface ReplyForm {
  /// One answer of a whole reply.
  ///
  /// @param echoed what stands before it
  /// @param probabilities of its tokens; null where none are told
  record Ended(
      ReadAnswer read,
      FinishReason reason,
      String echoed,
      @Nullable Map<String, @Nullable Object> probabilities) {}

  /// What a form knows of its request when the first answer is about to be made.
  ///
  /// @param id of the reply, with the prefix of its kind
  /// @param created seconds since 1970
  /// @param random for further ids
  /// @param marked whether the answer says by which model it was made
  record Started(
      GenerationRequest request, String id, long created, RandomGenerator random, boolean marked) {
    /// That a machine made the answer, and by which model: its name, and the reference of what it
    /// is, which `imago lineage` follows. Empty where answers are not marked.
    private Optional<Map<String, Object>> provenance() {
      if (!marked) {
        return Optional.empty();
      }
      var mark = new LinkedHashMap<String, Object>();
      mark.put("generated_by", "model");
      mark.put("model", request.model().name());
      mark.put("reference", request.model().reference());
      return Optional.of(mark);
    }

    /// Further fields of the answer, of ours: by which model it was made where answers are marked,
    /// and why by that one where the server picked it.
    public Map<String, Object> marks() {
      var marks = new LinkedHashMap<String, Object>();
      provenance().ifPresent(mark -> marks.put("provenance", mark));
      if (!request.model().why().isEmpty()) {
        marks.put(
            AutoRouting.NAME,
            new TreeMap<>(Map.of("model", request.model().name(), "why", request.model().why())));
      }
      return marks;
    }

    /// Letters and digits that begin with a prefix.
    public String newId(String prefix, int letters) {
      return RequestAnswering.letters(new StringBuilder(prefix), letters, random);
    }
  }

  /// Makes the form of a request.
  @FunctionalInterface
  interface Maker {
    ReplyForm form(Started started);
  }

  /// The type of a stream's content.
  default String streamType() {
    return "text/event-stream; charset=utf-8";
  }

  /// What a stream is sent while nothing has come: a client that has gone shows only by that.
  default byte[] signOfLife() {
    return ": waiting\n\n".getBytes(StandardCharsets.UTF_8);
  }

  /// What opens one of the answers in a stream.
  String opening(int index);

  /// An answer's next parts in a stream.
  ///
  /// @param probabilities of the tokens that they came by; null where none are told
  String pieces(
      int index,
      List<AnswerPart> parts,
      ReadAnswer read,
      @Nullable Map<String, @Nullable Object> probabilities);

  /// The end of one answer in a stream.
  String ending(int index, FinishReason reason, ReadAnswer read);

  /// The end of a stream.
  String done(Usage usage);

  /// An error in mid-stream.
  String error(ApiException e);

  /// The whole reply.
  byte[] whole(List<Ended> answers, Usage usage);

  /// The reply ends without [#done] or [#whole]: its client has gone, or it failed before anything
  /// was sent.
  default void abandoned() {}
}
