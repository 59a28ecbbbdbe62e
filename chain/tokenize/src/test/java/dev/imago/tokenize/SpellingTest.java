package dev.imago.tokenize;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.imago.tokenizers.SplitPattern;
import dev.imago.tokenizers.Tokenizer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SpellingTest {
  private static String of(String text) {
    return Spelling.of(text.getBytes(StandardCharsets.UTF_8));
  }

  private static String of(int... bytes) {
    byte[] raw = new byte[bytes.length];
    for (int i = 0; i < raw.length; i++) {
      raw[i] = (byte) bytes[i];
    }
    return Spelling.of(raw);
  }

  @Test
  void chineseStandsAsChinese() {
    // 中国, as byte-level vocabularies spell it: ä¸ŃåĽ½.
    List<String> tokens = List.of("<|endoftext|>", "ä¸ŃåĽ½", "Ġthe");
    Tokenizer tokenizer =
        Tokenizer.fromVocabulary(SplitPattern.QWEN2, tokens, List.of(), Set.of(0));
    assertEquals("中国", Spelling.of(tokenizer, 1));
    assertEquals("␣the", Spelling.of(tokenizer, 2));
    assertEquals("<|endoftext|>", Spelling.of(tokenizer, 0));
  }

  @Test
  void partsOfCharactersStandAsBytes() {
    assertEquals("<E4 BD>", of(0xe4, 0xbd));
    assertEquals("<A0>好<E4>", of(0xa0, 0xe5, 0xa5, 0xbd, 0xe4));
    assertEquals("a<FF C0>b", of('a', 0xff, 0xc0, 'b'));
    assertEquals("<ED A0 80>", of(0xed, 0xa0, 0x80), "a surrogate is no character");
    assertEquals("\ufffd", of(0xef, 0xbf, 0xbd), "the replacement character itself is one");
    assertEquals("😀", of("😀"));
  }

  @Test
  void whatCannotBeSeenIsShown() {
    assertEquals("␣×32", of(" ".repeat(32)));
    assertEquals("\\n\\t␣␣x", of("\n\t  x"));
    assertEquals("a<U+200B>b<00>", of("a\u200bb\0"));
    assertEquals("◌\u0301", of("\u0301"));
    assertEquals("e\u0301", of("e\u0301"));
  }

  @Test
  void longOnesAreCut() {
    assertEquals("ab".repeat(24) + "…", of("ab".repeat(40)));
    assertEquals("-×80", of("-".repeat(80)));
  }
}
