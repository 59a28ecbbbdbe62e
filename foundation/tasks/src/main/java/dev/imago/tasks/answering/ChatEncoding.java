package dev.imago.tasks.answering;

import dev.imago.core.InputException;
import dev.imago.data.Example;
import dev.imago.data.Example.Message;
import dev.imago.tasks.Sequence;
import dev.imago.templates.ChatTemplate;
import dev.imago.tokenizers.Tokenizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Labelled conversations as ids: what the server would send before each answer, then the answer as
/// the template shows it and the id that ends it. The loss is on answers and their ends alone, on
/// those of every turn.
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
    List<Message> turns = example.turns();
    ChatTemplate.Answer last = answer(example, turns.size() - 1);
    return last.answer().length == 1 || last.given().length + last.answer().length > longest
        ? null
        : extended(new Open(new int[0], new boolean[0]), last).closed();
  }

  /// What is given before a conversation's last answer.
  int[] given(Example example) {
    return answer(example, example.turns().size() - 1).given();
  }

  Encoded encode(Example example) {
    List<Message> turns = example.turns();
    var sequences = new ArrayList<Sequence>();
    var open = new Open(new int[0], new boolean[0]);
    int answers = 0;
    int all = 0;
    for (int i = 1; i < turns.size(); i++) {
      if (!turns.get(i).role().equals(Example.ASSISTANT)) {
        continue;
      }
      if (all > answers) {
        all++; // after one that is too long
        continue;
      }
      ChatTemplate.Answer one = answer(example, i);
      if (one.answer().length == 1) {
        continue; // nothing but its end
      }
      all++;
      if (one.given().length + one.answer().length > longest) {
        continue;
      }
      if (!beginsWith(one.given(), open.ids())) {
        sequences.add(open.closed());
        open = new Open(new int[0], new boolean[0]);
      }
      open = extended(open, one);
      answers++;
    }
    if (answers > 0) {
      sequences.add(open.closed());
    }
    return new Encoded(sequences, answers, all - answers);
  }

  /// What is given before a turn, and the turn with its end.
  ///
  /// @throws InputException naming the turn, where the template shows it otherwise than a server
  ///   asks for it
  /// @throws IllegalArgumentException where the template refuses the conversation
  private ChatTemplate.Answer answer(Example example, int turn) {
    List<Message> turns = example.turns();
    try {
      ChatTemplate.Answer all =
          template.encodeAnswer(
              tokenizer,
              TemplateVariables.before(template, turns.subList(0, turn), example.tools()),
              TemplateVariables.whole(template, turns.subList(0, turn + 1), example));
      for (int i = 0; i < all.answer().length; i++) {
        if (all.answer()[i] == stop) {
          return new ChatTemplate.Answer(all.given(), Arrays.copyOf(all.answer(), i + 1));
        }
      }
      throw new IllegalStateException(
          "the template does not end the answer by «%s»".formatted(tokenizer.token(stop)));
    } catch (IllegalStateException e) {
      throw new InputException(
          "%s, turn %d (%s): %s; give the model another chat template (chat_template.jinja)"
              .formatted(example.id(), turn + 1, turns.get(turn).role(), e.getMessage()),
          e);
    }
  }

  private static boolean beginsWith(int[] ids, int[] prefix) {
    return ids.length >= prefix.length
        && Arrays.equals(ids, 0, prefix.length, prefix, 0, prefix.length);
  }

  private static Open extended(Open open, ChatTemplate.Answer one) {
    int[] given = one.given();
    int length = given.length + one.answer().length;
    int[] ids = Arrays.copyOf(given, length);
    System.arraycopy(one.answer(), 0, ids, given.length, one.answer().length);
    boolean[] learned = Arrays.copyOf(open.learned(), length);
    Arrays.fill(learned, given.length, length, true);
    return new Open(ids, learned);
  }
}
