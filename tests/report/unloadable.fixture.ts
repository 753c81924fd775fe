throw new Error('this file of tests cannot even be loaded');
