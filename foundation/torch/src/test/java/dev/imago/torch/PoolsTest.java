package dev.imago.torch;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Test;

/// The counts are the libraries' own.
class PoolsTest {
  @Test
  void everyPoolHasOneThreadOnceTheLibraryIsLoaded() throws Exception {
    int processors = Runtime.getRuntime().availableProcessors();
    assertEquals(new Pools(1, 1, 1, 1, processors), Libtorch.diagnose(2).pools());
  }

  @Test
  void aPoolThatWasWidenedIsSeen() throws Exception {
    Libtorch.load();
    // On a thread of its own: libtorch keeps the count a thread.
    var seen = new Pools[1];
    Thread thread =
        Thread.ofPlatform()
            .start(
                () -> {
                  torch.set_num_threads(3);
                  seen[0] = Pools.read();
                  torch.set_num_threads(1);
                });
    thread.join();
    assertEquals(3, seen[0].intraOp());
    assertEquals(3, seen[0].openMp());
    assertEquals(3, seen[0].worse(Pools.read()).intraOp(), "the worse of two threads");
  }
}
