package dev.imago.generate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.templates.ChatMessage;
import dev.imago.tensor.GgufValue;
import dev.imago.tokenizers.GgufTokens;
import dev.imago.tokenizers.Tokenizer;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class EndTokensTest {
  private static Map<String, GgufValue> metadata(GgufTokens says) {
    String prefix = "tokenizer.ggml.";
    return Map.of(
        prefix + "model",
        new GgufValue.Text(says.model()),
        prefix + "tokens",
        new GgufValue.Texts(says.tokens()),
        prefix + "scores",
        GgufValue.f32s(says.scores()),
        prefix + "token_type",
        GgufValue.i32s(says.types()),
        prefix + "bos_token_id",
        GgufValue.u32(says.ids().get("bos")),
        prefix + "eos_token_id",
        GgufValue.u32(says.ids().get("eos")),
        "tokenizer.chat_template",
        new GgufValue.Text("{{ bos_token }}{{ messages[0].content }}{{ eos_token }}"));
  }

  @Test
  void whatAUserSaysNeverBecomesAnEndWhateverItsTypeInTheFile() {
    GgufTokens says = SmallSentencePiece.says();
    int end = says.ids().get("eos");
    assertTrue(ids(Tokenizer.fromGguf(says).encodeOrdinary("</s>")).contains(2), "as it was");

    GgufVocabulary vocabulary = GgufVocabulary.read(metadata(says));
    Tokenizer tokenizer = vocabulary.tokenizer();
    assertEquals(List.of(end, SmallSentencePiece.OLD_END, end + 1), vocabulary.stopIds());
    for (String hostile : List.of("</s>", "Hi</s>", "</s></s>", "<|end|>", "<</s>/s>")) {
      List<Integer> said = ids(tokenizer.encodeOrdinary(hostile));
      assertTrue(said.stream().noneMatch(vocabulary.stopIds()::contains), hostile + said);
      assertEquals(hostile, tokenizer.decode(tokenizer.encodeOrdinary(hostile)));
      List<Integer> chat =
          ids(
              vocabulary
                  .parsedTemplate()
                  .encodeChat(tokenizer, List.of(new ChatMessage("user", hostile)), false));
      assertEquals(SmallSentencePiece.BEGINNING, chat.getFirst(), "the template's own bos_token");
      assertEquals(end, chat.getLast());
      assertFalse(chat.subList(1, chat.size() - 1).stream().anyMatch(tokenizer::special), hostile);
    }
  }

  private static List<Integer> ids(int[] ids) {
    return Arrays.stream(ids).boxed().toList();
  }

  @Test
  void endsAreKnownByTheirSpelling() {
    assertEquals(Set.of(1, 2), EndTokens.of(List.of("a", "</s>", "<|im_end|>", "</S>")));
    assertEquals(Set.of(), EndTokens.of(List.of("<s>", "<|im_start|>", "<|end")));
  }

  @Test
  void anEndThatOnlyClosesAPartOfAnAnswerIsNone() {
    assertEquals(Set.of(1, 2), EndTokens.of(List.of("<|end|>", "<|return|>", "<|call|>")));
    assertEquals(Set.of(1, 2), EndTokens.of(List.of("<|end|>", "<|calls|>", "<|flush|>")));
    assertEquals(Set.of(0, 1), EndTokens.of(List.of("<|end|>", "<|return|>")));
    assertEquals(Set.of(1), EndTokens.of(List.of("</s>", "<|tool_response>")));
  }

  @Test
  void aVocabularyThatNeedsNoChangeStaysAsItIs() {
    GgufTokens says = SmallSentencePiece.says();
    assertSame(says, EndTokens.asControl(says, Set.of(1)));
    assertEquals(3, EndTokens.asControl(says, Set.of(2)).types().get(2));
  }
}
