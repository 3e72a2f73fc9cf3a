// The locks of Rust's standard library. A 100 ms hold somebody waits for; a channel; a panic.
use std::sync::{mpsc, Arc, Barrier, Condvar, Mutex, Once, RwLock};
use std::thread;
use std::time::Duration;

static ONCE: Once = Once::new();

#[inline(never)]
fn hold_slow(mutex: &Mutex<u64>, barrier: &Barrier) {
    let mut guard = mutex.lock().unwrap();
    barrier.wait();
    thread::sleep(Duration::from_millis(200));
    *guard += 1;
}

#[inline(never)]
fn wait_for_slow(mutex: &Mutex<u64>, barrier: &Barrier) {
    barrier.wait();
    *mutex.lock().unwrap() += 1;
}

fn main() {
    let mutex = Arc::new(Mutex::new(0u64));
    let barrier = Arc::new(Barrier::new(2));
    let (m, b) = (mutex.clone(), barrier.clone());
    let holder = thread::spawn(move || hold_slow(&m, &b));
    wait_for_slow(&mutex, &barrier);
    holder.join().unwrap();

    let (sender, receiver) = mpsc::channel();
    let table = Arc::new(RwLock::new(Vec::new()));
    let writer = table.clone();
    let producer = thread::Builder::new()
        .name("producer".into())
        .spawn(move || {
            for i in 0..1000 {
                writer.write().unwrap().push(i);
                sender.send(i).unwrap();
            }
        })
        .unwrap();
    let sum: u64 = receiver.iter().sum();
    producer.join().unwrap();

    let pair = Arc::new((Mutex::new(false), Condvar::new()));
    let other = pair.clone();
    let signaller = thread::spawn(move || {
        ONCE.call_once(|| thread::sleep(Duration::from_millis(10)));
        *other.0.lock().unwrap() = true;
        other.1.notify_one();
    });
    let mut ready = pair.0.lock().unwrap();
    while !*ready {
        ready = pair.1.wait(ready).unwrap();
    }
    drop(ready);
    signaller.join().unwrap();
    let caught = thread::spawn(|| std::panic::resume_unwind(Box::new(7))).join().is_err();
    println!("{} {} {} {}", mutex.lock().unwrap(), sum, table.read().unwrap().len(), caught);
}
