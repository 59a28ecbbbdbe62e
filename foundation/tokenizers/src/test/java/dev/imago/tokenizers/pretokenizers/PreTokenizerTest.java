package dev.imago.tokenizers.pretokenizers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.tokenizers.aligned.AlignedText;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class PreTokenizerTest {
  private static String pieces(String json, String text) {
    return PreTokenizers.pieces(PreTokenizers.of(json), text)
        .replace('\u001f', ' ')
        .replace('\u001e', ';');
  }

  @Test
  void aByteIsSpelledAndComesFromItsWholeCharacter() {
    assertEquals(
        "Ġa 0 1;Ġæ¼¢b 1 4;",
        pieces(
            """
            {"type":"ByteLevel","add_prefix_space":true,"trim_offsets":true}
            """,
            "a 漢b"));
  }

  @Test
  void aMarkIsPutWhereTheOriginalStarts() {
    assertEquals(
        "▁a 0 1;b 2 3;",
        pieces(
            """
            {"type":"Sequence","pretokenizers":[{"type":"WhitespaceSplit"},
             {"type":"Metaspace","replacement":"▁","prepend_scheme":"first"}]}
            """,
            "a b"));
  }

  @Test
  void theSamePiecesComeWhereNobodyAsksForOrigins() {
    List<String> texts = HardText.random(31, 40);
    for (JsonNode json : PreTokenizers.all()) {
      PreTokenizer preTokenizer = PreTokenizers.of(json);
      for (String text : texts) {
        var tracked = new StringBuilder();
        preTokenizer.split(
            AlignedText.of(text), piece -> tracked.append(piece.text()).append('\u001e'));
        assertEquals(
            tracked.toString(), PreTokenizers.untracked(preTokenizer, text), json::toString);
      }
    }
  }

  @Test
  void whatIsWrittenIsReadAsTheSame() {
    for (JsonNode json : PreTokenizers.all()) {
      String written = PreTokenizers.written(PreTokenizers.of(json));
      assertEquals(written, PreTokenizers.written(PreTokenizers.of(written)));
    }
  }

  @Test
  void noPieceIsEmptyAndTheirPlacesAscend() {
    for (JsonNode json : PreTokenizers.all()) {
      PreTokenizer preTokenizer = PreTokenizers.of(json);
      for (String text : HardText.random(32, 40)) {
        var starts = new ArrayList<Integer>(List.of(0));
        preTokenizer.split(
            AlignedText.of(text),
            piece -> {
              assertTrue(!piece.isEmpty());
              assertTrue(piece.originStart(0) >= starts.getLast());
              starts.add(piece.originStart(0));
            });
      }
    }
  }

  @Test
  void aBrokenPartIsRefusedWithItsPlace() {
    for (String json :
        """
        {"type":"Nope"}
        {"type":7}
        {}
        {"type":"Sequence"}
        {"type":"Sequence","pretokenizers":[{"type":"Digits"}]}
        {"type":"Sequence","pretokenizers":{}}
        {"type":"Split","pattern":"x","behavior":"Isolated","invert":false}
        {"type":"Split","pattern":{},"behavior":"Isolated","invert":false}
        {"type":"Split","pattern":{"Regex":"a","String":"b"},"behavior":"Isolated","invert":false}
        {"type":"Split","pattern":{"Regex":"(a"},"behavior":"Isolated","invert":false}
        {"type":"Split","pattern":{"Regex":"a"},"behavior":"isolated","invert":false}
        {"type":"Split","pattern":{"Regex":"a"},"behavior":"Isolated"}
        {"type":"Split","pattern":{"Regex":5},"behavior":"Isolated","invert":true}
        {"type":"ByteLevel","add_prefix_space":"yes","trim_offsets":true}
        {"type":"ByteLevel"}
        {"type":"Metaspace","replacement":"ab"}
        {"type":"Metaspace","replacement":"▁","prepend_scheme":"First"}
        {"type":"Metaspace","replacement":"▁","add_prefix_space":false,"prepend_scheme":"always"}
        {"type":"CharDelimiterSplit"}
        {"type":"FixedLength","length":0}
        {"type":"FixedLength","length":1e9}
        {"type":"Punctuation","behavior":"None"}
        """
            .split("\n")) {
      String message =
          String.valueOf(
              assertThrows(IllegalArgumentException.class, () -> PreTokenizers.of(json), json)
                  .getMessage());
      assertTrue(message.startsWith("tokenizer.json: pre_tokenizer"), message);
    }
  }
}
