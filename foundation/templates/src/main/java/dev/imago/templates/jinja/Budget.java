package dev.imago.templates.jinja;

import java.util.function.Supplier;

/// What one rendering may use. Templates come with models from strangers, so whatever a template
/// makes the engine do is paid for here first: a loop's turns, the items and characters that it
/// makes, the characters that it looks at, and how deep it nests.
///
/// One belongs to each rendering and is bound to its thread, so that every function can spend
/// without being handed it.
final class Budget {
  /// A real template takes about a hundred steps a message.
  static final long MAX_STEPS = 10_000_000;

  /// All characters that are made, those thrown away included, which bounds memory too.
  static final long MAX_CHARS = 1L << 26;

  /// Of values, expressions and calls within each other. As deep as Python goes, about.
  static final int MAX_DEPTH = 400;

  private static final int CHARS_A_STEP = 16;

  /// An item takes about the room of so many characters.
  private static final int ITEM_CHARS = 8;

  private static final ScopedValue<Budget> CURRENT = ScopedValue.newInstance();

  private long steps;
  private long chars;
  private int depth;
  private final Dialect dialect;

  private Budget(Dialect dialect) {
    this.dialect = dialect;
  }

  /// Runs with a budget of its own.
  static <T> T within(Dialect dialect, Supplier<T> rendering) {
    return ScopedValue.where(CURRENT, new Budget(dialect)).call(rendering::get);
  }

  /// What the rendering under way is set up for.
  static Dialect dialect() {
    return CURRENT.isBound() ? CURRENT.get().dialect : Dialect.CHAT;
  }

  static Budget current() {
    return CURRENT.get();
  }

  void step() {
    if (++steps > MAX_STEPS) {
      throw tooManySteps();
    }
  }

  private static TemplateException tooManySteps() {
    return new TemplateException(
        "takes more than " + MAX_STEPS + " steps; bound its loops, or shorten the conversation");
  }

  /// Pays for `count` units of work: items looked at, made, compared.
  static void spend(long count) {
    Budget budget = CURRENT.get();
    budget.steps += count;
    if (budget.steps > MAX_STEPS || count < 0) {
      throw tooManySteps();
    }
  }

  /// Pays for looking at so many characters.
  static void read(long chars) {
    spend(chars / CHARS_A_STEP);
  }

  /// Pays for a text, list or the like, before it is made.
  static void make(long chars) {
    Budget budget = CURRENT.get();
    budget.chars += chars;
    if (budget.chars > MAX_CHARS || chars < 0) {
      throw new TemplateException(
          "makes more than "
              + MAX_CHARS
              + " characters in all; bound its loops and repetitions, or shorten the conversation");
    }
    read(chars);
  }

  /// Pays for a list of so many items, and what holds them.
  static void makeItems(long items) {
    make(items < 0 || items > Integer.MAX_VALUE ? -1 : ITEM_CHARS * (4 + items));
  }

  void enter() {
    if (++depth > MAX_DEPTH) {
      throw new TemplateException(
          "nests more than "
              + MAX_DEPTH
              + " deep; end the recursion of its macros and values earlier");
    }
  }

  void leave() {
    depth--;
  }
}
