package dev.imago.tokenizers.added;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/// Finds words in a text: of the matches the leftmost, of these the longest, in time linear in the
/// text. The automaton of Aho and Corasick (1975), which here never goes back to what starts after
/// a match that it has seen. Thread-safe.
final class WordFinder {
  private static final int ROOT = 0;

  /// Where nothing goes on.
  private static final int DEAD = -1;

  /// What was found: a word by its number, and where.
  static final class Match {
    int word;
    int from;
    int to;
  }

  private final int[] lengths;
  private final Edges edges = new Edges();

  /// By state, the word that ends there, or −1: its own, or else the longest that starts later.
  private final int[] words;

  /// By state, where to go on when no edge does.
  private final int[] back;

  /// What words start with: one character, or some of ASCII, here with the state that follows, and
  /// perhaps others.
  private final int[] starts = new int[128];

  private boolean startsBeyond;
  private int onlyStart = -1;

  /// @param words of equal ones, the first is found; empty ones are not
  WordFinder(List<String> words) {
    lengths = words.stream().mapToInt(String::length).toArray();
    // An edge for each state but the root: depth, parent, character, state.
    var order = new ArrayList<int[]>();
    int[] ends = new int[1 + Arrays.stream(lengths).sum()];
    Arrays.fill(ends, -1);
    for (int w = 0; w < lengths.length; w++) {
      String word = words.get(w);
      int state = ROOT;
      for (int i = 0; i < word.length(); i++) {
        int next = edges.get(state, word.charAt(i));
        if (next == DEAD) {
          next = order.size() + 1;
          edges.put(state, word.charAt(i), next);
          order.add(new int[] {i, state, word.charAt(i), next});
        }
        state = next;
      }
      if (state != ROOT && ends[state] < 0) {
        ends[state] = w;
      }
    }
    this.words = Arrays.copyOf(ends, order.size() + 1);
    back = new int[order.size() + 1];
    order.sort(Comparator.comparingInt(edge -> edge[0]));
    for (int[] edge : order) {
      link(edge[1], (char) edge[2], edge[3]);
    }
  }

  private void link(int parent, char c, int state) {
    if (parent == ROOT) {
      onlyStart = state == 1 ? c : -1;
      startsBeyond |= c >= starts.length;
      if (c < starts.length) {
        starts[c] = state;
      }
    }
    if (words[state] >= 0) {
      back[state] = DEAD;
    } else {
      back[state] = parent == ROOT ? ROOT : step(back[parent], c);
      words[state] = back[state] == DEAD ? -1 : words[back[state]];
    }
  }

  /// Where a state goes by a character.
  private int step(int state, char c) {
    while (state != ROOT && state != DEAD) {
      int next = edges.get(state, c);
      if (next != DEAD) {
        return next;
      }
      state = back[state];
    }
    return state == DEAD
        ? DEAD
        : c < starts.length ? starts[c] : Math.max(ROOT, edges.get(ROOT, c));
  }

  /// Looks for the first match at or after a position.
  boolean find(String text, int at, Match match) {
    match.word = -1;
    int state = ROOT;
    for (int i = at; i < text.length(); i++) {
      if (state == ROOT) {
        i = start(text, i);
        if (i == text.length()) {
          break;
        }
      }
      state = step(state, text.charAt(i));
      if (state == DEAD) {
        break;
      }
      if (words[state] >= 0) {
        match.word = words[state];
        match.to = i + 1;
        match.from = match.to - lengths[match.word];
      }
    }
    return match.word >= 0;
  }

  /// Looks for the longest match that starts at a position.
  boolean findAt(String text, int at, Match match) {
    match.word = -1;
    int state = ROOT;
    for (int i = at; i < text.length(); i++) {
      state = edges.get(state, text.charAt(i));
      if (state == DEAD) {
        break;
      }
      if (words[state] >= 0 && lengths[words[state]] == i + 1 - at) {
        match.word = words[state];
        match.from = at;
        match.to = i + 1;
      }
    }
    return match.word >= 0;
  }

  /// Where the next word may start: the length of the text where none does.
  private int start(String text, int at) {
    if (onlyStart >= 0) {
      int found = text.indexOf(onlyStart, at);
      return found < 0 ? text.length() : found;
    }
    while (at < text.length()) {
      char c = text.charAt(at);
      if (c < starts.length ? starts[c] != ROOT : startsBeyond) {
        break;
      }
      at++;
    }
    return at;
  }

  /// Which state follows which by what character: a table with open addresses.
  private static final class Edges {
    /// `state << 16 | character`, or −1.
    private long[] keys = new long[64];

    private int[] states = new int[64];
    private int size;

    Edges() {
      Arrays.fill(keys, -1);
    }

    int get(int state, char c) {
      int slot = slot((long) state << 16 | c);
      return keys[slot] < 0 ? DEAD : states[slot];
    }

    void put(int state, char c, int next) {
      if (2 * ++size > keys.length) {
        long[] oldKeys = keys;
        int[] oldStates = states;
        keys = new long[2 * oldKeys.length];
        states = new int[keys.length];
        Arrays.fill(keys, -1);
        for (int i = 0; i < oldKeys.length; i++) {
          if (oldKeys[i] >= 0) {
            set(oldKeys[i], oldStates[i]);
          }
        }
      }
      set((long) state << 16 | c, next);
    }

    private void set(long key, int state) {
      int slot = slot(key);
      keys[slot] = key;
      states[slot] = state;
    }

    /// Where a key is, or where it would be put.
    private int slot(long key) {
      int mask = keys.length - 1;
      int slot = (int) (key * 0x9e3779b97f4a7c15L >>> 32) & mask;
      while (keys[slot] >= 0 && keys[slot] != key) {
        slot = slot + 1 & mask;
      }
      return slot;
    }
  }
}
