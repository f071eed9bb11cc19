package io.tracestore;

/** A store that JMX shows; closing it takes it away from there and leaves the store open. */
@FunctionalInterface
public interface JmxRegistration extends AutoCloseable {
  /** Takes the store away from JMX. Closing again does nothing. */
  @Override
  void close();
}
