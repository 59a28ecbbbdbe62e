package dev.imago.tune;

import dev.imago.data.Example;
import dev.imago.templates.ChatMessage;
import dev.imago.templates.ChatTemplate;
import dev.imago.tokenizers.Tokenizer;
import dev.imago.tune.Conversations.Sequence;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Labelled conversations as ids: what the server would send before each answer, then the answer
/// and the id that ends it. The loss is on answers and their ends alone, on those of every turn.
///
/// @param stop the id that ends an answer
/// @param longest ids of a sequence; an answer that would pass them is left out whole, with what
///   follows it: half an answer teaches to stop nowhere
record ChatEncoding(ChatTemplate template, Tokenizer tokenizer, int stop, int longest) {
  /// What became of one conversation.
  ///
  /// @param sequences with which to train; several where the template shows earlier answers other
  ///   than as they were given
  /// @param answers that are learned
  /// @param leftOut answers that are too long, or come after one that is
  record Encoded(List<Sequence> sequences, int answers, int leftOut) {}

  Encoded encode(Example example) {
    List<ChatMessage> turns =
        example.turns().stream().map(t -> new ChatMessage(t.role(), t.content())).toList();
    var sequences = new ArrayList<Sequence>();
    var open = new Sequence(new int[0], new boolean[0]);
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
        sequences.add(open);
        open = new Sequence(new int[0], new boolean[0]);
      }
      open = extended(open, given, answer);
      answers++;
    }
    if (answers > 0) {
      sequences.add(open);
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

  private Sequence extended(Sequence open, int[] given, int[] answer) {
    int length = given.length + answer.length + 1;
    int[] ids = Arrays.copyOf(given, length);
    System.arraycopy(answer, 0, ids, given.length, answer.length);
    ids[length - 1] = stop;
    boolean[] learned = Arrays.copyOf(open.learned(), length);
    Arrays.fill(learned, given.length, length, true);
    return new Sequence(ids, learned);
  }
}
