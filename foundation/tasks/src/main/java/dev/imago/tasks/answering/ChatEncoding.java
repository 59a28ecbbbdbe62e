package dev.imago.tasks.answering;

import dev.imago.data.Example;
import dev.imago.tasks.Sequence;
import dev.imago.templates.ChatMessage;
import dev.imago.templates.ChatTemplate;
import dev.imago.tokenizers.Tokenizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Labelled conversations as ids: what the server would send before each answer, then the answer
/// and the id that ends it. The loss is on answers and their ends alone, on those of every turn.
///
/// @param stop the id that ends an answer
/// @param longest ids of a conversation with its end; an answer that would pass them is left out
///   whole, with what follows it: half an answer teaches to stop nowhere
record ChatEncoding(ChatTemplate template, Tokenizer tokenizer, int stop, int longest) {
  /// What became of one conversation.
  ///
  /// @param sequences with which to train; several where the template shows earlier answers other
  ///   than as they were given
  /// @param answers that are learned
  /// @param leftOut answers that are too long, or come after one that is
  record Encoded(List<Sequence> sequences, int answers, int leftOut) {}

  /// @param ids of a conversation
  /// @param learned for each id, whether it is to be predicted
  private record Open(int[] ids, boolean[] learned) {
    /// Each id but the last, with the one after it as its target where that is learned.
    Sequence closed() {
      int[] targets = new int[ids.length - 1];
      for (int i = 0; i < targets.length; i++) {
        targets[i] = learned[i + 1] ? ids[i + 1] : Sequence.IGNORED;
      }
      return new Sequence(Arrays.copyOf(ids, targets.length), targets);
    }
  }

  /// A conversation of which the last answer alone is learned; null where it is empty or too long.
  @Nullable Sequence last(Example example) {
    List<ChatMessage> given =
        example.given().stream().map(t -> new ChatMessage(t.role(), t.content())).toList();
    int[] answer = tokenizer.encodeOrdinary(example.turns().getLast().content());
    int[] ids = template.encodeChat(tokenizer, given, true);
    return answer.length == 0 || ids.length + answer.length + 1 > longest
        ? null
        : extended(new Open(new int[0], new boolean[0]), ids, answer).closed();
  }

  Encoded encode(Example example) {
    List<ChatMessage> turns =
        example.turns().stream().map(t -> new ChatMessage(t.role(), t.content())).toList();
    var sequences = new ArrayList<Sequence>();
    var open = new Open(new int[0], new boolean[0]);
    int answers = 0;
    for (int i = 1; i < turns.size(); i++) {
      if (!turns.get(i).role().equals(Example.ASSISTANT)) {
        continue;
      }
      int[] answer = tokenizer.encodeOrdinary(turns.get(i).content());
      if (answer.length == 0) {
        continue;
      }
      int[] given = template.encodeChat(tokenizer, turns.subList(0, i), true);
      if (given.length + answer.length + 1 > longest) {
        break;
      }
      if (!beginsWith(given, open.ids())) {
        sequences.add(open.closed());
        open = new Open(new int[0], new boolean[0]);
      }
      open = extended(open, given, answer);
      answers++;
    }
    if (answers > 0) {
      sequences.add(open.closed());
    }
    long all =
        turns.stream()
            .skip(1)
            .filter(t -> t.role().equals(Example.ASSISTANT) && !t.content().isEmpty())
            .count();
    return new Encoded(sequences, answers, (int) all - answers);
  }

  private static boolean beginsWith(int[] ids, int[] prefix) {
    return ids.length >= prefix.length
        && Arrays.equals(ids, 0, prefix.length, prefix, 0, prefix.length);
  }

  private Open extended(Open open, int[] given, int[] answer) {
    int length = given.length + answer.length + 1;
    int[] ids = Arrays.copyOf(given, length);
    System.arraycopy(answer, 0, ids, given.length, answer.length);
    ids[length - 1] = stop;
    boolean[] learned = Arrays.copyOf(open.learned(), length);
    Arrays.fill(learned, given.length, length, true);
    return new Open(ids, learned);
  }
}
