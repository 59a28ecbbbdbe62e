package dev.imago.console.curves;

/// TensorBoard's smoothing: an exponential moving average from zero, with its bias towards zero
/// taken out (as Adam does, Kingma & Ba 2014, arXiv:1412.6980), over the points in order. A value
/// that is no number stays, and the average goes on behind it.
final class CurveSmoothing {
  private CurveSmoothing() {}

  /// @param weight of what was before, from 0 to below 1
  static Points smooth(Points points, double weight) {
    if (weight <= 0) {
      return points;
    }
    double[] smooth = new double[points.size()];
    double[] y = points.y();
    boolean constant = true;
    for (int i = 1; i < y.length && constant; i++) {
      constant = y[i] == y[0];
    }
    double last = 0;
    double trust = 1; // weight^n: what is left of the zero at the beginning
    for (int i = 0; i < y.length; i++) {
      if (constant || !Double.isFinite(y[i])) {
        smooth[i] = y[i];
      } else {
        last = last * weight + (1 - weight) * y[i];
        trust *= weight;
        smooth[i] = last / (1 - trust);
      }
    }
    return new Points(points.x(), smooth);
  }
}
