package dev.imago.pretrain;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.data.Split;
import dev.imago.data.TokenShards;
import dev.imago.torch.Batch;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UnigramTest {
  @TempDir Path folder;

  @Test
  void aTokensChanceIsItsShareOfTheTextAndNeverNone() throws Exception {
    var header = new TokenShards.Header(4, 0);
    TokenShards.writeHeader(folder, header);
    try (var writer = new TokenShards.Writer(folder, Split.TRAIN, header)) {
      writer.write(new int[] {1, 1, 2}, 3);
    }
    try (TokenShards text = TokenShards.open(folder, Split.TRAIN)) {
      assertEquals(4, text.size(), "with the end of text");
      var unigram = new Unigram(text, 4);
      int none = Batch.IGNORED;
      var batch = Batch.of(1, 4, new int[] {1, 1, 2, 3}, new int[] {1, none, 3, none});
      // (2 + 1) / (4 + 4) and (0 + 1) / (4 + 4)
      assertEquals(
          -(Math.log(3 / 8.0) + Math.log(1 / 8.0)) / 2, unigram.loss(List.of(batch)), 1e-9);
      assertTrue(Double.isNaN(unigram.loss(List.of())));
    }
  }
}
