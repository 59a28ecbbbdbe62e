package dev.imago.core;

import java.time.Duration;
import java.util.List;
import java.util.Map;

/// Who is told what a run of a recipe does: the command line, or a test.
public interface Listener {
  /// A step begins its work.
  ///
  /// @param resumed whether an earlier, unfinished run left something to go on with
  void started(String step, boolean resumed);

  /// A step's results stood already.
  void reused(String step, Map<String, Ref> outputs);

  /// A step has ended well.
  void finished(String step, Map<String, Ref> outputs, Duration took);

  Progress progress(String step, String what, long total, String unit);

  void note(String line);

  void table(String title, List<String> header, List<List<String>> rows);
}
