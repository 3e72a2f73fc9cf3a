// The locks of C++'s standard library, with known counts.
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <future>
#include <mutex>
#include <semaphore>
#include <shared_mutex>
#include <thread>
#include <vector>

using namespace std::chrono_literals;

std::mutex plain_mutex, slow_mutex, ready_mutex;
std::shared_mutex shared_mutex_;
std::condition_variable ready_condition;
std::once_flag once;
std::counting_semaphore<10> slots{0};
std::atomic<int> stage{0};
bool ready;

struct Account {
	long balance = 0;
	[[gnu::noinline]] void deposit(long amount)
	{
		std::lock_guard guard(plain_mutex);
		balance += amount;
	}
};

static Account account;
static long read_sum, rounds;

// Its last call, the unlock, is a jump that leaves no frame of it.
[[gnu::noinline]] void hold_slow()
{
	std::lock_guard guard(slow_mutex);
	std::this_thread::sleep_for(30ms);
	stage = 1;
	stage.notify_all();
	std::this_thread::sleep_for(200ms);
}

[[gnu::noinline]] void wait_slow()
{
	stage.wait(0);
	std::lock_guard guard(slow_mutex);
}

static void work(int number)
{
	std::call_once(once, [] { rounds = 1; });
	for (int i = 0; i < 1000; i++) {
		account.deposit(number);
		if (i % 10) {
			std::shared_lock lock(shared_mutex_);
			std::atomic_ref(read_sum).fetch_add(rounds > 0);
		} else {
			std::unique_lock lock(shared_mutex_);
			rounds++;
		}
	}
	slots.release();
}

int main()
{
	std::vector<std::thread> threads;
	for (int i = 0; i < 3; i++)
		threads.emplace_back(work, i + 1);
	for (int i = 0; i < 3; i++)
		slots.acquire();
	for (auto &t : threads)
		t.join();
	std::thread holder(hold_slow), waiter(wait_slow);
	std::thread signaller([] {
		std::this_thread::sleep_for(20ms);
		std::lock_guard guard(ready_mutex);
		ready = true;
		ready_condition.notify_one();
	});
	{
		std::unique_lock lock(ready_mutex);
		ready_condition.wait(lock, [] { return ready; });
		ready_condition.wait_for(lock, 10ms, [] { return false; });
	}
	auto answer = std::async(std::launch::async, [] {
		std::this_thread::sleep_for(30ms);
		return 42;
	});
	int value = answer.get();
	try {
		std::mutex unused;
		std::unique_lock lock(unused, std::defer_lock);
		lock.unlock();
	} catch (const std::system_error &e) {
		std::puts("exception caught");
	}
	holder.join();
	waiter.join();
	signaller.join();
	std::printf("%ld %ld %ld %d\n", account.balance, read_sum, rounds, value);
}
