package dev.imago.vectors;

import java.util.Arrays;

/// One thread's rows of a shared matrix within a block of training: copies of the rows that it
/// touches, so that what the others do meanwhile has no effect. Or the shared rows themselves, for
/// one thread alone and for training without locks.
///
/// A place is good until the next [#locate]: ask for [#values] after it.
final class RowView {
  private final SharedRows shared;
  private final int stride;

  /// Of each row the number of its copy, from 1 on; 0 for none. Empty: there are no copies.
  private final int[] copyOf;

  private int[] touched = new int[64];
  private int count;
  private float[] copies = new float[0];

  RowView(SharedRows shared, boolean copying) {
    this.shared = shared;
    this.stride = shared.stride();
    this.copyOf = new int[copying ? shared.rows() : 0];
  }

  /// Where a row begins in [#values].
  int locate(int row) {
    if (copyOf.length == 0) {
      return row * stride;
    }
    int copy = copyOf[row];
    return (copy == 0 ? take(row) : copy - 1) * stride;
  }

  float[] values() {
    return copyOf.length == 0 ? shared.values() : copies;
  }

  private int take(int row) {
    if (count == touched.length) {
      touched = Arrays.copyOf(touched, 2 * count);
    }
    if ((count + 1) * stride > copies.length) {
      copies = Arrays.copyOf(copies, Math.max(64 * stride, 2 * count * stride));
    }
    System.arraycopy(shared.values(), row * stride, copies, count * stride, stride);
    touched[count] = row;
    copyOf[row] = ++count;
    return count - 1;
  }

  /// Leaves in the copies what this block changed.
  void toChanges() {
    for (int i = 0; i < count; i++) {
      VectorArithmetic.add(copies, i * stride, -1, shared.values(), touched[i] * stride, stride);
    }
  }

  /// Adds the changes of those rows whose number leaves this rest.
  void addChanges(int part, int parts) {
    for (int i = 0; i < count; i++) {
      if (touched[i] % parts == part) {
        VectorArithmetic.add(shared.values(), touched[i] * stride, 1, copies, i * stride, stride);
      }
    }
  }

  /// Forgets the copies.
  void clear() {
    for (int i = 0; i < count; i++) {
      copyOf[touched[i]] = 0;
    }
    count = 0;
  }
}
