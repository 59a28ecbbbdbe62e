package dev.imago.cli;

import dev.imago.collect.Collect;
import dev.imago.core.Stage;
import dev.imago.prepare.Prepare;
import dev.imago.pretrain.Pretrain;
import java.util.List;

/// All stages that recipes may name, wired here and nowhere else.
final class Catalog {
  private Catalog() {}

  static List<Stage<?, ?, ?>> stages() {
    return List.of(new Collect(), new Prepare(), new Pretrain());
  }
}
