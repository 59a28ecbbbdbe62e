package dev.imago.pretrain;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class SizesTest {
  private static int context(long length, int documents) {
    long[] lengths = new long[documents];
    Arrays.fill(lengths, length);
    return Sizes.context(lengths, length * documents);
  }

  @Test
  void aContextHoldsShortDocumentsWhole() {
    assertEquals(128, context(20, 1000), "no shorter, or no answer has room");
    assertEquals(128, context(128, 1000));
    assertEquals(256, context(129, 1000));
    assertEquals(512, context(257, 1000));
    assertEquals(512, context(400, 1000));
    assertEquals(256, context(10_000, 10), "long ones are read in windows");
  }

  @Test
  void oneDocumentOfTenMayBeLonger() {
    long[] lengths = {20, 20, 20, 20, 20, 20, 20, 20, 20, 5000};
    assertEquals(128, Sizes.context(lengths, 5180));
    lengths[8] = 300;
    assertEquals(512, Sizes.context(lengths, 5460));
  }

  @Test
  void aContextIsShorterThanTheCorpus() {
    assertEquals(32, context(50, 1));
    assertEquals(8, context(3, 3));
  }

  @Test
  void aSmallCorpusIsReadSoOftenAndALargeOneInPart() {
    assertEquals(8_000, Sizes.tokens(1_000));
    assertEquals(3_200_000, Sizes.tokens(10_000_000));
  }
}
