package dev.imago.core;

/// One step's progress, as a bar with rate and time left. Thread-safe and cheap: call it per item.
public interface Progress extends AutoCloseable {
  /// Adds to what is done.
  void add(long units);

  /// Adds what was done before this began: it is done, and says nothing of how fast work goes on.
  /// It ends nothing, where [#add] may end a stage that was told to stop.
  default void resume(long units) {
    add(units);
  }

  /// Shows a short remark beside the bar, such as `loss 3.21`.
  void remark(String text);

  @Override
  void close();

  /// Shows nothing.
  Progress NONE =
      new Progress() {
        @Override
        public void add(long units) {}

        @Override
        public void remark(String text) {}

        @Override
        public void close() {}
      };
}
